import Testing

@Suite struct LayeringTests {
    private let rooms: [String: House.Room]

    init() throws { rooms = House.rooms(ofPackage: try House.text("Package.swift")) }

    @Test("the README's map is Package.swift's: the same rooms, in the same wings, with the same arrows")
    func mapIsTrue() throws {
        let map = House.rooms(ofReadme: try House.text("README.md"))
        #expect(Set(map.keys) == Set(rooms.keys))
        for (name, room) in map {
            #expect(room.wing == rooms[name]?.wing, "\(name)")
            #expect(room.imports == rooms[name]?.imports, "\(name)")
        }
    }

    @Test("every room has its folder, and every folder is a room")
    func foldersAreRooms() throws {
        var folders: Set<String> = []
        for wing in try House.folders("Sources") {
            for room in try House.folders("Sources/\(wing)") {
                folders.insert(room)
                #expect(rooms[room]?.wing == wing, "Sources/\(wing)/\(room)")
            }
        }
        #expect(folders == Set(rooms.keys))
    }

    @Test("a source file imports only what its room declares, and every declared arrow is walked")
    func importsAreDeclared() throws {
        for room in rooms.values where room.wing != "C" {
            var walked: Set<String> = []
            for (path, text) in try House.swiftFiles("Sources/\(room.wing)/\(room.name)") {
                let used = House.imports(of: text).intersection(rooms.keys)
                #expect(used.isSubset(of: room.imports), "\(path) imports \(used.subtracting(room.imports))")
                walked.formUnion(used)
            }
            #expect(
                walked == room.imports, "\(room.name) declares \(room.imports.subtracting(walked)) and does not use it")
        }
    }

    @Test("stages never import one another")
    func stagesStandApart() {
        let stages = rooms.values.filter { $0.wing == "Stages" }
        #expect(stages.count >= 6)
        for stage in stages {
            let others = House.reach(stage.name, rooms).subtracting([stage.name]).intersection(stages.map(\.name))
            #expect(others.isEmpty, "\(stage.name) reaches \(others)")
        }
    }

    @Test("the daemon never reaches the twin or the station")
    func daemonStandsAlone() {
        let reached = House.reach("doorstepd", rooms)
        #expect(reached.contains("RobotRuntime"))
        #expect(!reached.contains("Twin"))
        #expect(!reached.contains("ReflowStation"))
        #expect(!House.reach("doorstep", rooms).contains("Twin"))
    }

    @Test(
        "what the tick runs is without Foundation",
        arguments: ["RobotModel", "DeviceProtocols", "Realtime", "Estimation", "Motion", "Safety"])
    func tickIsLight(name: String) throws {
        let room = try #require(rooms[name])
        for (path, text) in try House.swiftFiles("Sources/\(room.wing)/\(name)") {
            let imports = House.imports(of: text)
            #expect(!imports.contains("Foundation") && !imports.contains("FoundationEssentials"), "\(path)")
        }
    }

    @Test("the readers of Package.swift and README see what is there")
    func readersRead() throws {
        #expect(rooms.count >= 25)
        #expect(rooms["RobotModel"] == House.Room(name: "RobotModel", wing: "Base", imports: []))
        #expect(rooms["Digests"]?.imports == ["CSodium"])
        let map = House.rooms(
            ofReadme: """
                | wing | room | what | imports |
                |---|---|---|---|
                | `Base/` | `A`, `B` | letters | – |
                | | `C` | with `code` | `A`, `B` |
                """)
        #expect(map["B"] == House.Room(name: "B", wing: "Base", imports: []))
        #expect(map["C"] == House.Room(name: "C", wing: "Base", imports: ["A", "B"]))
        let imports = House.imports(
            of: "import A\n  internal import B\n@preconcurrency import C\nimport struct D.E\n// import F")
        #expect(imports == ["A", "B", "C", "D"])
    }
}
