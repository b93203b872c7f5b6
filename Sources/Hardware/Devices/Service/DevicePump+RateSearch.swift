import DeviceIO
import DeviceProtocols
import RobotModel

// A device that says nothing sensible at the board file's rate may have been set to another one. The pump tries the
// protocol's other rates and says what it found; it never goes on at another rate than the board file's by itself.
extension DevicePump {
    func beginSearch(_ state: inout State, after reason: RobotError, at now: Instant) {
        guard reason.code == .garbage || reason.code == .silent, let card = state.driver.card else { return }
        if let last = state.lastSearch, now - last < Self.searchEvery { return }
        // A rate that has ever worked is not the one to blame, and a search would keep the device waiting.
        if state.driver.status.lastGood != nil { return }
        let search = LineSearch(cards: [card], without: line.baudRate)
        guard search.count > 0 else { return }
        state.probe = PortProbe(search, line: line, opener: opener)
        state.lastSearch = now
    }

    func continueSearch(_ state: inout State, at now: Instant) {
        do throws(PortError) {
            guard let outcome = try state.probe?.service(at: now) else { return }
            finishSearch(&state, outcome, at: now)
        } catch {
            state.probe?.close()
            state.probe = nil
            fail(&state, RobotError(error, slot: state.driver.status.slot, line: line), at: now)
        }
    }

    private func finishSearch(_ state: inout State, _ outcome: LineSearch.Outcome, at now: Instant) {
        let mayBeShared = state.probe?.mayBeShared ?? false
        state.probe = nil
        state.nextOpen = now + state.pause
        guard var fault = state.portFault else { return }
        if let rate = outcome.found?.rate {
            fault.what += "; the rate looks like \(rate)"
            fault.hint =
                "frames were read at \(rate) bit/s: set this slot's port.baud to it, or the device to \(line.baudRate)"
        } else {
            let tried = outcome.heard.map { "\($0.rate)" }.joined(separator: ", ")
            fault.what += "; no frame at \(tried) bit/s either"
            if mayBeShared {
                let look = "`sudo doorstep device probe \(line.path)` shows whether another program takes the bytes"
                fault.hint = fault.hint.map { "\($0); \(look)" } ?? look
            }
        }
        state.portFault = fault
        state.searchResult = fault
    }
}
