import CCurl
import RobotModel

/// One HTTP connection through libcurl; blocks, so it lives on the uploader's thread.
final class HTTPClient {
    /// An answer: the status and the headers with lower-case names.
    struct Response {
        var status: Int
        var headers: [String: String]
    }

    private final class Received {
        var headers: [String: String] = [:]
    }

    private let handle: UnsafeMutableRawPointer

    init?() {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
    }

    deinit { curl_easy_cleanup(handle) }

    /// Sends a request and waits for its answer, at most 30 s, 5 s for the connection.
    ///
    /// - Throws: `RobotError.unavailable` when the station cannot be reached or does not answer.
    func send(
        _ method: String, _ address: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) throws(RobotError) -> Response {
        let received = Received()
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
        _ = doorstep_curl_set_long(handle, CURLOPT_TIMEOUT, 30)
        _ = doorstep_curl_set_list(handle, list)
        _ = doorstep_curl_set_pointer(handle, CURLOPT_HEADERDATA, Unmanaged.passUnretained(received).toOpaque())
        _ = doorstep_curl_set_transfer(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let line = String(
                decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
            if let colon = line.firstIndex(of: ":") {
                let name = line[..<colon].lowercased()
                let value = line[line.index(after: colon)...].drop { $0 == " " }.filter { !$0.isNewline }
                Unmanaged<Received>.fromOpaque(context).takeUnretainedValue().headers[name] = value
            }
            return size * count
        }
        // The body of an answer carries nothing that its headers do not.
        _ = doorstep_curl_set_transfer(handle, CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
        let code = perform(body)
        guard code == CURLE_OK else {
            throw RobotError(
                .unavailable, "no answer from \(address): \(String(cString: curl_easy_strerror(code)))",
                hint: "is the station running, and is the address in reflow.station right?")
        }
        return Response(status: Int(doorstep_curl_response_code(handle)), headers: received.headers)
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
