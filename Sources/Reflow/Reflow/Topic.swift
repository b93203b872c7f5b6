/// What the robot records, each with its own channel in a segment.
public enum Topic: String, Sendable, CaseIterable, Hashable {
    case joints = "/joints"
    case wheels = "/wheels"
    case setpoints = "/setpoints"
    case inertial = "/inertial"
    case battery = "/battery"
    case scan = "/scan"
    case pose = "/pose"
    case tick = "/tick"
    case doors = "/doors"
    case lifts = "/lifts"
    case mission = "/mission"
    case devices = "/devices"
    case log = "/log"
    case drops = "/drops"

    /// How a message of this topic is encoded, as MCAP names it.
    var messageEncoding: String { layout == nil ? "json" : "doorstep-binary" }

    var schemaName: String { "doorstep.\(rawValue.dropFirst())" }

    var schemaEncoding: String { layout == nil ? "jsonschema" : "doorstep-layout" }

    /// What a file says of this topic's messages, so that it explains itself.
    var schema: String {
        if let layout { return layout }
        switch self {
        case .drops:
            return """
                {"type":"object","description":"How much was given up since the start, by cause",\
                "additionalProperties":{"type":"integer"}}
                """
        default: return #"{"type":"object"}"#
        }
    }

    /// The layout of a binary topic: one line a field, `name type[count] unit`; little-endian, without padding. `n` is
    /// the number that the count field before it gives. Recorded as the channel's schema.
    var layout: String? {
        switch self {
        case .joints:
            """
            n u16
            position f32[n] rad (the gripper: m)
            velocity f32[n] rad/s (the gripper: m/s)
            current f32[n] A
            answered u16 bit mask
            alerts u16 bit mask
            torque_on u16 bit mask
            """
        case .wheels:
            """
            left_position f64 rad
            right_position f64 rad
            left_velocity f32 rad/s
            right_velocity f32 rad/s
            left_fault u16
            right_fault u16
            enabled u8
            """
        case .setpoints:
            """
            left_wheel f32 rad/s
            right_wheel f32 rad/s
            wheels_enabled u8
            torque u8
            safety_action u8
            safety_causes u32 bit mask
            n u16
            joint_position f32[n] rad (the gripper: m)
            """
        case .inertial:
            """
            acceleration f32[3] m/s2 base_link, +9.81 upwards at rest
            angular_velocity f32[3] rad/s base_link
            pressure f32 Pa (0: none was given)
            temperature f32 degC
            """
        case .scan:
            """
            start i64 ns monotonic
            end i64 ns monotonic
            odometry_start f64[3] m m rad
            odometry_end f64[3] m m rad
            n u16
            range u16[n] mm (0: nothing came back); beam i points at i*360/n degrees, counter-clockwise
            intensity u8[n]
            """
        case .battery, .pose, .tick, .doors, .lifts, .mission, .devices, .log, .drops: nil
        }
    }
}
