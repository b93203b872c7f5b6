import RobotModel
import StructuredText

extension BuildingBrokerSlot {
    /// `{ host, port: 1883, client_id, username, password_file, tls: { ca, certificate, key }, open_rmf_prefix: rmf, doors, lifts }`
    ///
    /// - Parameters:
    ///   - robot: The robot's name, which its client and its account have where no other is given.
    ///   - folder: Where relative files are looked for; empty, or ends with a slash.
    init(_ field: Field, robot: String, folder: String) {
        let tls = field.optional("tls").map { TLS($0, folder: folder) }
        let username = field.optional("username")
        let passwordFile = field.optional("password_file")
        if let passwordFile, username == nil {
            passwordFile.reject(
                "\(field.path) has a password_file without a username", expected: "both, or neither",
                hint: "name the user whose password it is")
        }
        if let tls, tls.certificateFile != nil || tls.keyFile != nil,
            tls.certificateFile == nil || tls.keyFile == nil
        {
            field.required("tls").reject(
                "\(field.path).tls has only one of certificate and key", expected: "both, or neither")
        }
        let doors = field.optional("doors")?.entries() ?? []
        let lifts = field.optional("lifts")?.entries() ?? []
        self.init(
            host: field.required("host").string(),
            // IANA: 1883 in the clear, 8883 with TLS.
            port: UInt16(field.optional("port")?.int(in: 1...65535) ?? (tls == nil ? 1883 : 8883)),
            clientID: field.optional("client_id")?.string() ?? robot, tls: tls, username: username?.string(),
            passwordFile: passwordFile.map { $0.file(in: folder) },
            rmfPrefix: field.optional("open_rmf_prefix")?.topicPart(allowsSlash: true) ?? "rmf",
            doors: Dictionary(
                doors.map { (DoorID($0.key), BrokerDoor($0.value)) }, uniquingKeysWith: { first, _ in first }),
            lifts: Dictionary(
                lifts.map { (LiftID($0.key), BrokerLift($0.value, robot: robot)) },
                uniquingKeysWith: { first, _ in first }))
        if doors.isEmpty, lifts.isEmpty {
            field.reject(
                "\(field.path) has neither doors nor lifts", expected: "doors, lifts, or both",
                hint: "leave \(field.path) out where nothing is reached over a broker")
        }
        rejectDuplicates(
            doors.map { $0.value.required("name") }, of: "door name", hint: "every door has its own controller")
    }
}

extension BuildingBrokerSlot.TLS {
    /// `{ ca, certificate, key }`; `{}` trusts whom the system trusts.
    fileprivate init(_ field: Field, folder: String) {
        self.init(
            authorityFile: field.optional("ca")?.file(in: folder),
            certificateFile: field.optional("certificate")?.file(in: folder),
            keyFile: field.optional("key")?.file(in: folder))
    }
}

extension BrokerDoor {
    /// `{ link: rmf, name }`
    fileprivate init(_ field: Field) {
        self.init(link: field.required("link").driver(), name: field.required("name").string())
    }
}

extension BrokerLift {
    /// `{ link: rmf, name, floors: { L1: 1F } }` or `{ link: rfa, building, bank, elevator, robot, floors: { L1: 1F, L8: 8F_r } }`
    fileprivate init(_ field: Field, robot: String) {
        let floors = field.required("floors")
        let floorFields = floors.entries()
        rejectDuplicates(floorFields.map(\.value), of: "floor name", hint: "every level has its own floor")
        let link: Link
        switch field.required("link").choice(of: ["rmf", "rfa"]) {
        case "rfa":
            link = .rfa(
                building: field.required("building").topicPart(), bank: field.required("bank").topicPart(),
                elevator: field.required("elevator").topicPart(),
                robot: field.optional("robot")?.topicPart() ?? robot)
            // The interface numbers a lift's floors with six bits.
            if floorFields.count > 63 {
                floors.reject("\(floors.path) has \(floorFields.count) floors", expected: "at most 63")
            }
        default: link = .rmf(name: field.required("name").string())
        }
        if floors.isPresent, floorFields.isEmpty {
            floors.reject("\(floors.path) has no floors", expected: "the controller's name of each level")
        }
        self.init(
            link: link,
            floors: Dictionary(
                floorFields.map { (LevelID($0.key), $0.value.string()) }, uniquingKeysWith: { first, _ in first }))
    }
}

extension Field {
    /// The path of a file; a relative one starts in `folder`, which is empty or ends with a slash.
    fileprivate func file(in folder: String) -> String {
        let path = string()
        return path.hasPrefix("/") ? path : folder + path
    }

    /// Text that becomes part of a topic (MQTT 3.1.1, section 4.7: `+` and `#` are wild, `/` parts its levels).
    fileprivate func topicPart(allowsSlash: Bool = false) -> String {
        let part = string()
        if isSound, part.contains(where: { $0 == "+" || $0 == "#" || ($0 == "/" && !allowsSlash) }) {
            reject(
                "\(path) is '\(part)'", expected: allowsSlash ? "no + and no #" : "no /, no + and no #",
                hint: "it becomes part of a topic")
        }
        return part
    }
}
