import FlyingFox
import FlyingSocks
import Foundation

/// The receiving side over HTTP. TLS and authentication stand in front of it (a reverse proxy's work).
///
/// - `GET /v1/robots/<robot>/segments/<name>`: how much of a segment is here: `Upload-Offset`, `Upload-Complete`, and
///   `Upload-Digest` of a complete one. 404 with `Upload-Offset: 0`: nothing.
/// - `PATCH` of the same address with `Upload-Offset`, `Upload-Length` and `Upload-Digest: sha-256=<hex>`: takes a part.
///   204: taken; 201: whole and durable; 409: `Upload-Offset` says where to go on; 422: the digest does not fit;
///   413: too large.
/// - `GET /v1/segments`: the catalogue as JSON.
public struct Station: Sendable {
    /// The largest part that is taken, bytes.
    static let largestPart = 4 << 20

    private let receiver: SegmentReceiver

    public init(receiver: SegmentReceiver) { self.receiver = receiver }

    /// Serves on a port of this machine's loopback until its task is cancelled.
    ///
    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - onReady: Called once with the port that is listened on.
    public func run(port: UInt16, onReady: @Sendable @escaping (UInt16) -> Void = { _ in }) async throws {
        let server = try await server(port: port)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                try await server.waitUntilListening()
                if case .ip4(_, let port) = await server.listeningAddress { onReady(port) }
            }
            try await group.waitForAll()
        }
    }

    private func server(port: UInt16) async throws -> HTTPServer {
        // IPv4, since that is what an address like 127.0.0.1 in a board file says.
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), logger: .disabled)
        let receiver = receiver
        await server.appendRoute("GET /v1/robots/:robot/segments/:name") { request in
            guard let (robot, name) = Self.segment(in: request) else { return HTTPResponse(statusCode: .notFound) }
            return Self.response(to: try await receiver.progress(robot: robot, name: name))
        }
        await server.appendRoute("PATCH /v1/robots/:robot/segments/:name") { request in
            try await Self.take(request, into: receiver)
        }
        await server.appendRoute("GET /v1/segments") { _ in
            let body = try JSONEncoder().encode(try await receiver.catalogue())
            return HTTPResponse(statusCode: .ok, headers: [.contentType: "application/json"], body: body)
        }
        return server
    }

    private static func take(_ request: HTTPRequest, into receiver: SegmentReceiver) async throws -> HTTPResponse {
        guard let (robot, name) = segment(in: request),
            let offset = request.headers[HTTPHeader("Upload-Offset")].flatMap({ Int($0) }), offset >= 0,
            let total = request.headers[HTTPHeader("Upload-Length")].flatMap({ Int($0) }), total >= 0,
            let digest = request.headers[HTTPHeader("Upload-Digest")], digest.hasPrefix("sha-256=")
        else { return HTTPResponse(statusCode: .badRequest) }
        // Counted while it arrives: what a client announces is no limit to what it sends.
        var part = Data()
        for try await bytes in request.bodySequence {
            part.append(bytes)
            guard part.count <= largestPart else { return HTTPResponse(statusCode: .payloadTooLarge) }
        }
        let progress = try await receiver.take(
            part, at: offset, of: total, sha256: String(digest.dropFirst("sha-256=".count)).lowercased(), robot: robot,
            name: name)
        return response(to: progress)
    }

    private static func segment(in request: HTTPRequest) -> (robot: String, name: String)? {
        guard let robot = request.routeParameters["robot"], let name = request.routeParameters["name"] else {
            return nil
        }
        return (robot, name)
    }

    private static func response(to progress: SegmentReceiver.Progress) -> HTTPResponse {
        let status: HTTPStatusCode =
            switch progress.outcome {
            case .taken: .noContent
            case .complete: .created
            case .wrongOffset: .conflict
            case .wrongDigest: HTTPStatusCode(422, phrase: "Unprocessable Content")
            case .tooLarge: .payloadTooLarge
            case .unknown: .notFound
            }
        var headers: HTTPHeaders = [
            HTTPHeader("Upload-Offset"): String(progress.offset),
            HTTPHeader("Upload-Complete"): progress.outcome == .complete ? "true" : "false",
        ]
        if let sha256 = progress.sha256 { headers[HTTPHeader("Upload-Digest")] = "sha-256=\(sha256)" }
        return HTTPResponse(statusCode: status, headers: headers)
    }
}
