public import RobotModel

/// The building's MQTT broker, and the doors and lifts whose controllers are reached over it.
public struct BuildingBrokerSlot: Hashable, Sendable {
    /// How the connection is made safe.
    public struct TLS: Hashable, Sendable {
        /// The authority that signed the broker's certificate; nil for those that the system trusts.
        public var authorityFile: String?
        /// Our own certificate and its key, where the broker wants to see one.
        public var certificateFile: String?
        public var keyFile: String?

        public init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// Name or address.
    public var host: String
    public var port: UInt16
    /// Our name at the broker.
    public var clientID: String
    public var tls: TLS?
    public var username: String?
    /// The file whose first line is the password; the password itself is in no board file.
    public var passwordFile: String?
    /// What the topics of Open-RMF's messages begin with.
    public var rmfPrefix: String
    public var doors: [DoorID: BrokerDoor]
    public var lifts: [LiftID: BrokerLift]

    public init(
        host: String, port: UInt16, clientID: String, tls: TLS? = nil, username: String? = nil,
        passwordFile: String? = nil, rmfPrefix: String = "rmf", doors: [DoorID: BrokerDoor] = [:],
        lifts: [LiftID: BrokerLift] = [:]
    ) {
        self.host = host
        self.port = port
        self.clientID = clientID
        self.tls = tls
        self.username = username
        self.passwordFile = passwordFile
        self.rmfPrefix = rmfPrefix
        self.doors = doors
        self.lifts = lifts
    }
}

/// A door whose controller is reached over the broker.
public struct BrokerDoor: Hashable, Sendable {
    /// The languages that are spoken.
    public enum Link: String, Hashable, Sendable, CaseIterable { case rmf }

    public var link: Link
    /// Its name there.
    public var name: String

    public init(link: Link, name: String) {
        self.link = link
        self.name = name
    }
}

/// A lift whose controller is reached over the broker.
public struct BrokerLift: Hashable, Sendable {
    /// The languages that are spoken.
    public enum Link: Hashable, Sendable {
        /// Open-RMF's lift messages; the lift's name there.
        case rmf(name: String)
        /// The Robot Friendly Asset interface: the lift's address, and the robot's account.
        case rfa(building: String, bank: String, elevator: String, robot: String)
    }

    public var link: Link
    /// The controller's own name of each level; with `rfa` it may say which side of the car opens there: "8F_r".
    public var floors: [LevelID: String]

    public init(link: Link, floors: [LevelID: String]) {
        self.link = link
        self.floors = floors
    }
}
