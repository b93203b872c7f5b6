import DeviceIO
import DeviceProtocols
import RobotModel

// A device that says nothing sensible at the board file's rate may have been set to another one. The pump tries the
// protocol's other rates and says what it found; it never goes on at another rate than the board file's by itself.
extension DevicePump {
    func beginSearch(_ state: inout State, after reason: RobotError, at now: Instant) {
        guard reason.code == .garbage || reason.code == .silent, let card = state.driver.card else { return }
        if let last = state.lastSearch, now - last < Self.searchEvery { return }
        guard let search = RateSearch(card: card, without: line.baudRate) else { return }
        state.search = search
        state.lastSearch = now
    }

    func continueSearch(_ state: inout State, at now: Instant) {
        while let port = state.port {
            state.input.removeAll(keepingCapacity: true)
            do throws(PortError) {
                guard try port.read(into: &state.input, limit: 4096) > 0 else { break }
            } catch {
                lose(&state, error, at: now)
                state.search = nil
                return
            }
            step(&state, .bytes(state.input[...]), at: now)
            if state.search == nil { return }
        }
        step(&state, .time, at: now)
    }

    private func step(_ state: inout State, _ event: RateSearch.Event, at now: Instant) {
        guard let actions = state.search?.handle(event, at: now) else { return }
        for action in actions {
            switch action {
            case .open(let rate):
                state.port?.close()
                state.port = nil
                var other = line
                other.baudRate = rate
                do throws(PortError) {
                    state.port = try opener.open(other)
                    step(&state, .opened, at: now)
                } catch {
                    // This port cannot do that rate; then the device is not at it either.
                    step(&state, .failed, at: now)
                }
            case .send(let bytes):
                // A question is a few bytes: an empty port takes them whole, and half a question finds nothing.
                _ = try? state.port?.write(bytes[...])
            case .finish(let rate): finish(&state, found: rate, at: now)
            }
        }
    }

    private func finish(_ state: inout State, found rate: Int?, at now: Instant) {
        let tried = state.search?.rates.map(String.init).joined(separator: ", ") ?? ""
        let mayBeShared = state.port?.mayBeShared ?? false
        state.port?.close()
        state.port = nil
        state.search = nil
        state.nextOpen = now + state.pause
        guard var fault = state.portFault else { return }
        if let rate {
            fault.what += "; the rate looks like \(rate)"
            fault.hint =
                "frames were read at \(rate) bit/s: set this slot's port.baud to it, or the device to \(line.baudRate)"
        } else {
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
