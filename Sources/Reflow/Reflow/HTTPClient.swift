import CCurl
import RobotModel

/// One HTTP connection through libcurl; blocks, so it lives on the uploader's thread.
final class HTTPClient {
    /// An answer: the status and the headers with lower-case names.
    struct Response {
        var status: Int
        var headers: [String: String]
    }

    /// The largest body of an answer, bytes: a station's carries nothing that its headers do not.
    private static let largestBody = 64 * 1024

    /// What libcurl's callbacks work on during one request.
    private final class Transfer {
        var headers: [String: String] = [:]
        var bodyBytes = 0
        let isCancelled: () -> Bool

        init(isCancelled: @escaping () -> Bool) { self.isCancelled = isCancelled }
    }

    private let handle: UnsafeMutableRawPointer
    private let isCancelled: () -> Bool

    /// - Parameter isCancelled: Asked at least once a second while a request is under way; true ends it.
    init?(isCancelled: @escaping () -> Bool) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.isCancelled = isCancelled
    }

    deinit { curl_easy_cleanup(handle) }

    /// Sends a request and waits for its answer: 5 s for the connection, 30 s in which nothing moves, 5 min in all.
    ///
    /// - Throws: `RobotError.unavailable` when the station cannot be reached or does not answer.
    func send(
        _ method: String, _ address: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) throws(RobotError) -> Response {
        let transfer = Transfer(isCancelled: isCancelled)
        var list: UnsafeMutablePointer<curl_slist>?
        for (name, value) in headers { list = curl_slist_append(list, "\(name): \(value)") }
        // Expect: 100-continue would cost a round trip for every part.
        list = curl_slist_append(list, "Expect:")
        defer { curl_slist_free_all(list) }
        curl_easy_reset(handle)
        _ = doorstep_curl_set_string(handle, CURLOPT_URL, address)
        _ = doorstep_curl_set_string(handle, CURLOPT_CUSTOMREQUEST, method)
        _ = doorstep_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = doorstep_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, 5)
        _ = doorstep_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
        _ = doorstep_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, 30)
        // A part in 5 min is 7 kbit/s: less is no link.
        _ = doorstep_curl_set_long(handle, CURLOPT_TIMEOUT, 300)
        _ = doorstep_curl_set_list(handle, list)
        let code = withExtendedLifetime(transfer) {
            observe(with: transfer)
            return perform(body)
        }
        guard code == CURLE_OK else {
            throw RobotError(
                .unavailable, "no answer from \(address): \(String(cString: curl_easy_strerror(code)))",
                hint: "is the station running, and is the address in reflow.station right?")
        }
        return Response(status: Int(doorstep_curl_response_code(handle)), headers: transfer.headers)
    }

    /// Sets the callbacks.
    private func observe(with transfer: Transfer) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        _ = doorstep_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = doorstep_curl_set_transfer(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let line = String(
                decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
            if let colon = line.firstIndex(of: ":") {
                let name = line[..<colon].lowercased()
                let value = line[line.index(after: colon)...].drop { $0 == " " }.filter { !$0.isNewline }
                Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().headers[name] = value
            }
            return size * count
        }
        _ = doorstep_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = doorstep_curl_set_transfer(handle, CURLOPT_WRITEFUNCTION) { _, size, count, context in
            guard let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            transfer.bodyBytes += size * count
            return transfer.bodyBytes <= HTTPClient.largestBody ? size * count : 0
        }
        _ = doorstep_curl_set_long(handle, CURLOPT_NOPROGRESS, 0)
        _ = doorstep_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
        _ = doorstep_curl_set_progress(handle) { context, _, _, _, _ in
            guard let context else { return 0 }
            return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().isCancelled() ? 1 : 0
        }
    }

    private func perform(_ body: [UInt8]?) -> CURLcode {
        guard var body else { return curl_easy_perform(handle) }
        return body.withUnsafeMutableBytes { buffer in
            _ = doorstep_curl_set_long(handle, CURLOPT_POST, 1)
            _ = doorstep_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(buffer.count))
            _ = doorstep_curl_set_pointer(handle, CURLOPT_POSTFIELDS, buffer.baseAddress)
            return curl_easy_perform(handle)
        }
    }
}
