/// What servos call themselves. Source: ROBOTIS DynamixelSDK, control_table/dynamixel.model.
public enum DynamixelModels {
    /// The name of a model number; nil for one that is not known.
    public static func name(_ number: Int) -> String? { XM430.models[number] ?? others[number] }

    private static let others: [Int: String] = [
        30: "MX-28", 311: "MX-64", 321: "MX-106", 350: "XL320", 1060: "XL430-W250", 1070: "XC430-W150",
        1080: "XC430-W240", 1090: "2XL430-W250", 1160: "2XC430-W250", 1190: "XL330-M077", 1200: "XL330-M288",
        1210: "XC330-T181", 1220: "XC330-T288", 1230: "XC330-M181", 1240: "XC330-M288", 2000: "PH42-020-S300",
        2010: "PH54-100-S500", 2020: "PH54-200-S500", 2100: "PM42-010-S260", 2110: "PM54-040-S250",
        2120: "PM54-060-S250", 35074: "RH-P12-RN",
    ]
}

extension XM430 {
    /// Model numbers of servos with this table (X series with a current sensor), and their names.
    public static let models: [Int: String] = [
        1000: "XH430-W350", 1001: "XD430-T350", 1010: "XH430-W210", 1011: "XD430-T210", 1020: "XM430-W350",
        1030: "XM430-W210", 1040: "XH430-V350", 1050: "XH430-V210", 1100: "XH540-W270", 1101: "XD540-T270",
        1110: "XH540-W150", 1111: "XD540-T150", 1120: "XM540-W270", 1130: "XM540-W150", 1140: "XH540-V270",
        1150: "XH540-V150", 1170: "XW540-T260", 1180: "XW540-T140", 1270: "XW430-T333", 1310: "XW540-H260",
    ]
}
