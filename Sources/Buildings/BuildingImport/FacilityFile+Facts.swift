import BuildingMap
import RobotModel
import StructuredText

// The parts of a site's facilities file.

/// Half an hour: what takes longer is out of service.
private let reasonable = 0.0...1800.0

extension DoorFacts {
    init(_ field: Field) {
        self.init(
            openingSeconds: field.optional("opening_s")?.double(in: reasonable, unit: "seconds"),
            access: FacilityAccess.list(field.optional("access")), hours: OpeningHours(field.optional("hours")),
            robots: field.optional("robots").map { Set($0.list { $0.string() }) })
    }
}

extension LiftFacts {
    init(_ field: Field) {
        self.init(
            sessionSeconds: field.optional("session_s")?.double(in: reasonable, unit: "seconds"),
            callSeconds: field.optional("call_s")?.double(in: reasonable, unit: "seconds"),
            callSecondsByHour: Self.byHour(field.optional("call_by_hour_s")),
            doorSeconds: field.optional("door_s")?.double(in: reasonable, unit: "seconds"),
            speed: field.optional("speed_m_s")?.double(in: 0.05...20, unit: "m/s"),
            acceleration: field.optional("acceleration_m_s2")?.double(in: 0.05...5, unit: "m/s²"),
            access: FacilityAccess.list(field.optional("access")), hours: OpeningHours(field.optional("hours")),
            robots: field.optional("robots").map { Set($0.list { $0.string() }) })
    }

    private static func byHour(_ field: Field?) -> [Int: Double] {
        var waits: [Int: Double] = [:]
        for (key, value) in field?.entries() ?? [] {
            let wait = value.double(in: reasonable, unit: "seconds")
            guard let hour = Int(key), (0...23).contains(hour) else {
                value.reject("'\(key)' is no hour", expected: "an hour from 0 to 23, and the wait in it")
                continue
            }
            if waits.updateValue(wait, forKey: hour) != nil {
                value.reject("hour \(hour) is there twice", expected: "every hour once")
            }
        }
        return waits
    }
}

extension FacilityAccess {
    static func list(_ field: Field?) -> [FacilityAccess] {
        guard let field else { return [] }
        let ways = field.list { way in
            FacilityAccess(
                way.required("by").choice(FacilityAccessKind.self),
                seconds: way.required("takes_s").double(in: reasonable, unit: "seconds"),
                // Below one in twenty it is not a way to ask.
                success: way.optional("success")?.double(in: 0.05...1) ?? 1)
        }
        if ways.isEmpty { field.reject("nothing may ask it", expected: "at least one way, or no access at all") }
        // A word that is none stands for the first one.
        let areWords = field.list().allSatisfy { $0.required("by").isSound }
        if areWords, Set(ways.map(\.kind)).count < ways.count {
            field.reject("a way is there twice", expected: "each way once")
        }
        return ways
    }
}

extension OpeningHours {
    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// The hours of a field; always, where it is left out.
    init(_ field: Field?) {
        guard let field else {
            self = .always
            return
        }
        let daily = field.list { window in
            let days = window.optional("days")?.list { Self.days.firstIndex(of: $0.choice(of: Self.days)) ?? 0 }
            let (from, to) = (Self.time(window.required("from")), Self.time(window.required("to")))
            if from == to, window.isSound { window.reject("it is open for no time", expected: "to after from") }
            return (days: Set(days ?? Array(0...6)), from: from, to: to)
        }
        if daily.isEmpty { field.reject("it is never open", expected: "at least one window, or no hours at all") }
        self.init(daily)
    }

    /// "HH:MM" as seconds of the day; "24:00" is the day's end.
    private static func time(_ field: Field) -> Double {
        let parts = field.string().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1440
        else {
            if field.isSound { field.reject("\(field.path) is no time of day", expected: "HH:MM, in quotes") }
            return 0
        }
        return Double(hour * 3600 + minute * 60)
    }
}
