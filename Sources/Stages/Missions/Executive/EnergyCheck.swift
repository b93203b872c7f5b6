internal import RobotModel

/// Whether the battery holds enough for a mission and the way home; gathers the routes that it takes to say so.
struct EnergyCheck: Sendable {
    let mission: Mission
    /// From here to the meal, to the recipient, and home.
    let requests: [RouteRequest]
    private(set) var routes: [RouteRequest: Route] = [:]
    private(set) var failure: RobotError?
    let started: Instant

    /// Seconds that docking, collecting and handing over take, standing.
    static let workingTime = 150.0

    init(_ mission: Mission, home: PlaceID, at now: Instant) {
        self.mission = mission
        started = now
        requests = [
            RouteRequest(to: mission.collect.place),
            RouteRequest(from: mission.collect.place, to: mission.deliver.place),
            RouteRequest(from: mission.deliver.place, to: home),
        ]
    }

    mutating func take(_ request: RouteRequest, _ answer: Result<Route, RobotError>) {
        guard requests.contains(request) else { return }
        switch answer {
        case .success(let route): routes[request] = route
        case .failure(let error): failure = error
        }
    }

    var isComplete: Bool { routes.count == requests.count }

    /// Watt-hours for all of it; nil while a route is missing.
    func needed(_ settings: EnergySettings, cruise: Double) -> Double? {
        guard isComplete else { return nil }
        let length = routes.values.reduce(0) { $0 + $1.length }
        let duration = routes.values.reduce(0) { $0 + $1.duration.inSeconds } + Self.workingTime
        let driving = min(duration, length / max(0.1, cruise * 0.7))
        return (driving * settings.drivingPower + (duration - driving) * settings.standingPower) / 3600
    }

    /// Watt-hours that may be used.
    static func available(_ battery: BatteryState, _ settings: EnergySettings) -> Double {
        max(0, battery.stateOfCharge - settings.reserve) * settings.capacity
    }
}
