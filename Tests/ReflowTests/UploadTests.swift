import Reflow
import RobotModel
import Testing

@Suite("Upload")
struct UploadTests {
    private let digest = "ab12"
    private let part = Upload.partBytes

    private func upload(bytes: Int) -> Upload { Upload(bytes: bytes, sha256: digest) }

    /// The code of a failure; nil for any other action.
    private func failure(_ action: Upload.Action) -> RobotError.Code? {
        if case .failed(let error) = action { error.code } else { nil }
    }

    @Test("it asks first, sends part after part, and ends with the station's word")
    func wholeWay() {
        var upload = upload(bytes: part + 10)
        #expect(upload.start() == .ask)
        #expect(upload.handle(.init(status: 404, offset: 0)) == .send(offset: 0, count: part))
        #expect(upload.handle(.init(status: 204, offset: part)) == .send(offset: part, count: 10))
        #expect(
            upload.handle(.init(status: 201, offset: part + 10, complete: true, sha256: digest)) == .acknowledged)
    }

    @Test("it goes on where the station says that it stands")
    func resumes() {
        var upload = upload(bytes: 1000)
        #expect(upload.handle(.init(status: 204, offset: 600)) == .send(offset: 600, count: 400))
        #expect(upload.handle(.init(status: 409, offset: 700)) == .send(offset: 700, count: 300))
    }

    @Test("a station that has every byte and has not said so is sent an empty part")
    func emptyPart() {
        var upload = upload(bytes: 1000)
        #expect(upload.handle(.init(status: 204, offset: 1000)) == .send(offset: 1000, count: 0))
    }

    @Test("a segment that is there already is not sent")
    func alreadyThere() {
        var upload = upload(bytes: 1000)
        #expect(upload.handle(.init(status: 201, offset: 1000, complete: true, sha256: digest)) == .acknowledged)
    }

    @Test("another segment of the same name is no acknowledgement, and neither is a missing digest")
    func otherDigest() {
        var other = upload(bytes: 1000)
        #expect(failure(other.handle(.init(status: 201, complete: true, sha256: "cd"))) == .refused)
        var missing = upload(bytes: 1000)
        #expect(failure(missing.handle(.init(status: 201, complete: true))) == .refused)
    }

    @Test("\"complete\" counts only with a status of success", arguments: [302, 404, 500])
    func completeWithError(status: Int) {
        var upload = upload(bytes: 1000)
        #expect(upload.handle(.init(status: status, complete: true, sha256: digest)) != .acknowledged)
    }

    @Test("a digest that does not fit starts the segment over, and is given up the third time")
    func wrongDigest() {
        var upload = upload(bytes: 1000)
        _ = upload.handle(.init(status: 404, offset: 0))
        #expect(upload.handle(.init(status: 422, offset: 0)) == .send(offset: 0, count: 1000))
        #expect(upload.handle(.init(status: 422, offset: 0)) == .send(offset: 0, count: 1000))
        #expect(failure(upload.handle(.init(status: 422, offset: 0))) == .refused)
    }

    @Test(
        "whatever answers without bringing the segment forward is left alone after a few answers",
        arguments: [
            Upload.Answer(status: 204, offset: 0), Upload.Answer(status: 409, offset: 500),
            Upload.Answer(status: 200), Upload.Answer(status: 404), Upload.Answer(status: 404, offset: 0),
            Upload.Answer(status: 204, offset: -5), Upload.Answer(status: 204, offset: 1001),
            Upload.Answer(status: 422, offset: 0), Upload.Answer(status: 0), Upload.Answer(status: 301),
        ])
    func fruitless(answer: Upload.Answer) {
        var upload = upload(bytes: 1000)
        var actions = 0
        while failure(upload.handle(answer)) == nil, actions < 100 { actions += 1 }
        #expect(actions < 6)
    }

    @Test(
        "a refusal of this segment lets others go first, a station that is not itself is waited for",
        arguments: [
            (400, "refused"), (403, "refused"), (413, "refused"), (429, "unavailable"), (500, "unavailable"),
            (503, "unavailable"), (404, "unavailable"),
        ])
    func codes(status: Int, code: String) {
        var upload = upload(bytes: 1000)
        #expect(failure(upload.handle(.init(status: status)))?.rawValue == code)
    }
}
