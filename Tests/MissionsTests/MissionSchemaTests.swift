import Foundation
import Testing

@Suite("The mission schema")
struct MissionSchemaTests {
    static let hasJSONSchema = runPython(["-c", "import jsonschema, yaml"]).status == 0

    static func runPython(_ arguments: [String]) -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        guard (try? process.run()) != nil else { return (-1, "no python3") }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private static let script = """
        import json, sys, yaml, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        mission = yaml.safe_load(open(sys.argv[2]))
        check = jsonschema.Draft202012Validator(schema).is_valid
        assert check(mission), list(jsonschema.Draft202012Validator(schema).iter_errors(mission))
        def broken(change):
            copy = json.loads(json.dumps(mission))
            change(copy)
            return not check(copy)
        assert broken(lambda m: m.update(version=2))
        assert broken(lambda m: m.update(extra=1))
        assert broken(lambda m: m["collect"].pop("code"))
        assert broken(lambda m: m["deliver"].pop("pin"))
        assert broken(lambda m: m["deliver"].update(pin="12"))
        assert broken(lambda m: m["deliver"].update(promised="noon"))
        assert broken(lambda m: m["deliver"]["no_show"].update(then="leave_at"))
        assert broken(lambda m: m["deliver"]["no_show"].update(place="reception"))
        mission["deliver"]["no_show"] = {"wait_s": 60, "then": "leave_at", "place": "reception"}
        assert check(mission)
        """

    @Test(
        "the sample mission follows the schema, and broken ones do not",
        .enabled(if: hasJSONSchema, "needs python3 with jsonschema and yaml"))
    func sample() {
        let result = Self.runPython([
            "-c", Self.script, projectFolder + "/Missions/mission.schema.json",
            projectFolder + "/Missions/lunch-to-level-3.yaml",
        ])
        #expect(result.status == 0, "\(result.output)")
    }
}
