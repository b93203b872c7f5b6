import DeviceProtocols
import RobotModel

// What single servos need between two cycles: a close look, a watchdog armed again, a map written again; and the restart of
// servos in alert.

extension DynamixelDriver.Repair {
    var isRearming: Bool {
        if case .rearm = self { true } else { false }
    }
}

extension DynamixelDriver {
    mutating func repair(_ repair: Repair, at now: Instant, _ actions: inout [DeviceAction]) {
        switch repair {
        case .inspect(let index): askBlock(.inspect(index), index, Self.memoryBlock, at: now, &actions)
        case .rearm(let index):
            ask(
                .rearm(index), .write(cycle.servos[index].id, XM430.busWatchdog, 0), answerBytes: 11, at: now, &actions)
        case .remap(let index):
            ask(
                .remap(index), DynamixelFeedback.map.write(to: cycle.servos[index].id), answerBytes: 11, at: now,
                &actions)
        }
    }

    mutating func repairAnswered(
        _ purpose: Exchange.Purpose, _ index: Int, _ packet: DynamixelPacket, _ error: DynamixelStatusError,
        at now: Instant, _ actions: inout [DeviceAction]
    ) {
        let id = cycle.servos[index].id
        cycle.servos[index].alert = error.alert
        switch purpose {
        case .rearm:
            // Hold where it stands, then watch again.
            if let here = cycle.holdHere(index) { tell(.syncWrite(XM430.goalPosition, [(id, here)]), &actions) }
            tell(.syncWrite(XM430.busWatchdog, [(id, watchdogUnits)]), &actions)
        case .remap:
            // A servo that refuses its map holds torque, so it has not restarted: everything is looked at anew.
            if error.code == .none { add(.inspect(index)) } else { beginHandshake(at: now, &actions) }
        default: inspected(index, packet.statusData, at: now, &actions)
        }
    }

    private mutating func inspected(
        _ index: Int, _ data: [UInt8], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        guard data.count == Self.memoryBlock.length else { return }
        cycle.servos[index].isAlertRead = true
        remember(index, memory: data)
        cycle.torqueSeen(index, on: data[0] == 1)
        let watchdog = Int32(Int8(bitPattern: data[34]))
        if watchdog < 0 {
            watchdogTrips += 1
            repair(.rearm(index), at: now, &actions)
        } else if watchdog != watchdogUnits {
            // The servo has restarted.
            tell(.syncWrite(XM430.busWatchdog, [(cycle.servos[index].id, watchdogUnits)]), &actions)
        }
        writeProfiles(&actions)
        _ = judge(at: now)
    }
}

// Restarting servos in alert.
extension DynamixelDriver {
    mutating func rebootAnswered(
        _ purpose: Exchange.Purpose, _ index: Int, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        guard case .rebooting(let indices, let deadline) = mode else { return }
        switch purpose {
        case .reboot:
            if let next = indices.first(where: { $0 > index }) {
                ask(.reboot(next), .reboot(cycle.servos[next].id), answerBytes: 11, at: now, &actions)
            } else {
                askBootPing(indices[0], at: now, &actions)
            }
        default:
            let left = indices.filter { $0 != index }
            guard let next = left.first else { return beginHandshake(at: now, &actions) }
            mode = .rebooting(left, deadline: deadline)
            askBootPing(next, at: now, &actions)
        }
    }

    /// Pings go on while a servo starts; they keep the other servos' watchdogs content.
    mutating func rebootTimedOut(_ waiting: Exchange, at now: Instant, _ actions: inout [DeviceAction]) {
        guard case .rebooting(let indices, let deadline) = mode, now < deadline, let first = indices.first else {
            return beginHandshake(at: now, &actions)
        }
        askBootPing(first, at: now, &actions)
    }

    private mutating func askBootPing(_ index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        ask(.bootPing(index), .ping(cycle.servos[index].id), answerBytes: 14, at: now, &actions)
    }
}
