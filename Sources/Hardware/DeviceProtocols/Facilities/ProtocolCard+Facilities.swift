// The keypad has no card: it says nothing but the keys of a PIN, which no tool should show.
extension ProtocolCard {
    /// The relay box of a building's doors and lifts as unit 1.
    public static let relayBox = relayBox(unit: 1)

    /// The relay box of a building's doors and lifts; it is asked for its header.
    public static func relayBox(unit: UInt8) -> ProtocolCard {
        modbus(
            name: "relay-box", title: "Doorstep relay box (doors and lifts)", kind: .facility, unit: unit,
            rates: [19_200, 9600, 38_400, 115_200], questions: [RelayBoxMap.headerRequest], enoughFrames: 1)
    }

    /// A delivery box behind its radio modem, as unit 1; it is asked for its state.
    public static let boxRadio = modbus(
        name: "box-radio", title: "Doorstep delivery box", kind: .facility, unit: 1,
        rates: [9600, 19_200, 38_400, 115_200], questions: [BoxRadioMap.statusRequest], enoughFrames: 1)
}
