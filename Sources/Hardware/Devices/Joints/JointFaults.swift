import RobotModel

// What is said of joints in trouble, the same for every servo bus.
extension RobotError {
    /// A joint's servo reports an alert. `hint` says what to do about the first of its names.
    static func alert(_ servo: ServoState, hint: (String?) -> String) -> RobotError {
        let what = servo.alertNames.isEmpty ? "an alert" : servo.alertNames.joined(separator: " and ")
        let torque = servo.torque ? "" : "; its torque is off"
        return RobotError(
            .hardwareAlert, "\(servo.title) reports \(what)\(torque)", hint: hint(servo.alertNames.first))
    }

    /// A joint's servo has stopped to answer.
    static func silent(_ servo: ServoState, for time: Duration) -> RobotError {
        RobotError(
            .silent, "\(servo.title) has not answered for \(Int(time.inSeconds * 1000)) ms",
            hint: "check its plug and the cable from the servo before it; the servos behind it wait for it in vain")
    }

    /// A joint stands where its servo cannot hold it.
    static func refusesGoal(_ servo: ServoState, registers: String) -> RobotError {
        RobotError(
            .refused, "\(servo.title) does not take a goal where it stands; its torque stays off",
            hint: "is the joint outside the servo's position limits (\(registers))? move it by hand")
    }

    /// Some servos do not answer to the first question.
    static func missing(_ missing: [ServoState], present: [ServoState]) -> RobotError {
        let names = missing.map(\.title).joined(separator: ", ")
        let ids = present.map { "\($0.id)" }.joined(separator: ", ")
        return RobotError(
            .silent, "no answer from \(names); servos \(ids) answer",
            hint: """
                check the cable into \(missing.first?.name ?? "it"), and that its id and rate are as in the board file
                """)
    }
}
