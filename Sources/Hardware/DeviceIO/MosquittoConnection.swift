import CMosquitto
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// One attempt at a connection and, if it comes about, its life: everything on one thread.
@safe final class MosquittoConnection {
    /// Seconds of silence after which the two ends ask each other whether they still live.
    private static let keepAlive: Int32 = 15
    /// Debian's package ca-certificates.
    private static let systemAuthorities = "/etc/ssl/certs"

    private let shared: MosquittoPort.Shared
    private var settings: MQTTSettings { shared.settings }
    private var client: OpaquePointer?
    /// Whether the broker let us in.
    private(set) var hasConnected = false
    /// Subscriptions that are not confirmed yet.
    private var unconfirmed: [Int32: String] = [:]
    private var error: PortError?
    /// The last thing that TLS had to say.
    private var tlsWords: String?

    init(_ shared: MosquittoPort.Shared) { self.shared = shared }

    deinit {
        if let client = unsafe client { unsafe mosquitto_destroy(client) }
    }

    /// Connects and carries messages until the connection is lost or the port is closed.
    ///
    /// - Returns: Why it ended; nil where the port was closed.
    func serve() -> PortError? {
        do throws(PortError) {
            try begin()
            let begin = ContinuousClock.now
            while !shared.isClosing {
                try turn(waiting: isReady ? 1000 : 100)
                if !isReady, ContinuousClock.now - begin > settings.patience { throw silence }
            }
            try say(shared.takeOutput())
            unsafe mosquitto_disconnect(client)
            for _ in 0..<20 where unsafe mosquitto_loop(client, 50, 1) == MOSQ_ERR_SUCCESS.code {}
            return nil
        } catch {
            return error
        }
    }

    /// Whether the broker let us in and lets us hear everything.
    private var isReady: Bool { hasConnected && unconfirmed.isEmpty }

    private var silence: PortError {
        if hasConnected {
            let topics = unconfirmed.values.sorted().map { "'\($0)'" }.joined(separator: ", ")
            return PortError(
                .failed, port: settings.address,
                cause: "the broker does not answer that we want to hear \(topics)",
                hint: "it may be overloaded, or no complete MQTT broker; look at its log")
        }
        return PortError(
            .failed, port: settings.address, cause: "does not answer as an MQTT broker",
            hint: settings.tls == nil
                ? "is it the right port? A broker that wants TLS says nothing to who comes without"
                : "is it the right port, and does the broker speak TLS there?")
    }

    // MARK: Beginning

    private func begin() throws(PortError) {
        _ = mosquitto_lib_init()
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe client = mosquitto_new(settings.clientID, true, context)
        guard unsafe client != nil else {
            throw PortError(
                .failed, port: settings.address, cause: "no client '\(settings.clientID)': \(systemMessage(errno))")
        }
        setCallbacks()
        try identify()
        try secure()
        if let will = settings.will {
            unsafe mosquitto_will_set(
                client, will.topic, Int32(will.payload.count), will.payload, 1, will.isRetained)
        }
        try check(unsafe mosquitto_connect_async(client, settings.host, Int32(settings.port), Self.keepAlive))
    }

    private func identify() throws(PortError) {
        guard let username = settings.username else { return }
        var password: String?
        if let path = settings.passwordFile { password = try Self.password(path, settings.address) }
        try check(unsafe mosquitto_username_pw_set(client, username, password))
    }

    /// The first line of a file.
    private static func password(_ path: String, _ address: String) throws(PortError) -> String {
        guard let file = unsafe fopen(path, "re") else {
            throw PortError(
                .noPermission, port: address, cause: "cannot read the password file \(path): \(systemMessage(errno))",
                hint: "the user of the daemon must be able to read it, and nobody else should")
        }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 1024)
        guard unsafe fgets(&line, Int32(line.count), file) != nil else {
            throw PortError(.noPermission, port: address, cause: "the password file \(path) is empty")
        }
        let bytes = line.prefix { $0 != 0 && $0 != 10 && $0 != 13 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func secure() throws(PortError) {
        guard let tls = settings.tls else { return }
        let files = [tls.authorityFile, tls.certificateFile, tls.keyFile].compactMap(\.self)
        for file in files where unsafe access(file, R_OK) != 0 {
            throw PortError(
                .noPermission, port: settings.address, cause: "cannot read \(file): \(systemMessage(errno))",
                hint: "correct the path in the board file; the user of the daemon must be able to read it")
        }
        let system: String? = tls.authorityFile == nil ? Self.systemAuthorities : nil
        try check(
            unsafe mosquitto_tls_set(client, tls.authorityFile, system, tls.certificateFile, tls.keyFile, nil))
    }

    // MARK: Living

    /// Waits for something to do, and does it.
    private func turn(waiting milliseconds: Int32) throws(PortError) {
        if isReady {
            try say(shared.takeOutput())
            shared.wait(
                milliseconds, socket: unsafe mosquitto_socket(client),
                forWriting: unsafe mosquitto_want_write(client))
            // Several packets may have come in one record of TLS, which the socket does not tell.
            for _ in 0..<16 { try check(unsafe mosquitto_loop(client, 0, 1)) }
        } else {
            try check(unsafe mosquitto_loop(client, milliseconds, 1))
        }
        if let error { throw error }
    }

    private func say(_ messages: [BrokerMessage]) throws(PortError) {
        for message in messages {
            try check(
                unsafe mosquitto_publish(
                    client, nil, message.topic, Int32(message.payload.count), message.payload, 1, message.isRetained))
        }
    }

    private func check(_ result: Int32) throws(PortError) {
        let code = errno
        if result == MOSQ_ERR_SUCCESS.code { return }
        throw error ?? failure(result, code)
    }

    // MARK: What the library tells

    private func setCallbacks() {
        unsafe mosquitto_connect_callback_set(client) { _, context, code in
            guard let context = unsafe context else { return }
            unsafe MosquittoConnection.of(context).answered(code)
        }
        unsafe mosquitto_subscribe_callback_set(client) { _, context, number, count, granted in
            guard let context = unsafe context else { return }
            let isGranted = unsafe count > 0 && granted?.pointee ?? 128 < 128
            unsafe MosquittoConnection.of(context).subscribed(number, isGranted: isGranted)
        }
        unsafe mosquitto_message_callback_set(client) { _, context, message in
            guard let context = unsafe context, let message = unsafe message?.pointee else { return }
            let bytes = unsafe UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
            let arrived = BrokerMessage(
                topic: unsafe String(cString: message.topic), payload: unsafe Array(bytes),
                isRetained: unsafe message.retain)
            unsafe MosquittoConnection.of(context).shared.post(.message(arrived))
        }
        unsafe mosquitto_log_callback_set(client) { _, context, _, words in
            guard let context = unsafe context, let words = unsafe words else { return }
            unsafe MosquittoConnection.of(context).hear(unsafe String(cString: words))
        }
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> MosquittoConnection {
        unsafe Unmanaged<MosquittoConnection>.fromOpaque(context).takeUnretainedValue()
    }

    /// CONNACK (MQTT 3.1.1, section 3.2.2.3).
    private func answered(_ code: Int32) {
        guard code == 0 else {
            error = refusal(code)
            return
        }
        hasConnected = true
        for topic in settings.topics {
            var number: Int32 = 0
            let result = unsafe mosquitto_subscribe(client, &number, topic, 1)
            let code = errno
            guard result == MOSQ_ERR_SUCCESS.code else {
                error = notAsked(topic, result, code)
                return
            }
            unconfirmed[number] = topic
        }
        if unconfirmed.isEmpty { shared.post(.connected) }
    }

    private func subscribed(_ number: Int32, isGranted: Bool) {
        guard let topic = unconfirmed.removeValue(forKey: number) else { return }
        if !isGranted {
            error = PortError(
                .noPermission, port: settings.address, cause: "the broker does not let us hear '\(topic)'",
                hint: "give the user \(settings.username ?? settings.clientID) the right to read it (the broker's ACL)")
        } else if unconfirmed.isEmpty {
            shared.post(.connected)
        }
    }

    private func hear(_ words: String) {
        if words.contains("OpenSSL Error") { tlsWords = words }
    }

    // MARK: Words for failures

    private func refusal(_ code: Int32) -> PortError {
        let user = settings.username.map { "user '\($0)'" } ?? "a client without a user"
        switch code {
        case 2:
            return PortError(
                .noPermission, port: settings.address, cause: "the broker refuses the client id '\(settings.clientID)'")
        case 3:
            return PortError(.failed, port: settings.address, cause: "the broker says that it is not available")
        case 4, 5:
            return PortError(
                .noPermission, port: settings.address, cause: "the broker refuses \(user)",
                hint: "check username and password_file of building_broker in the board file")
        default:
            return PortError(.failed, port: settings.address, cause: "the broker refuses the connection (\(code))")
        }
    }

    /// A topic that could not even be asked for.
    private func notAsked(_ topic: String, _ result: Int32, _ code: Int32) -> PortError {
        guard result == MOSQ_ERR_INVAL.code || result == MOSQ_ERR_MALFORMED_UTF8.code else {
            return failure(result, code)
        }
        return PortError(
            .failed, port: settings.address, cause: "'\(topic)' is no topic that can be subscribed to",
            hint: "correct the topics and names of the building's doors and lifts in the board file: '+' and '#' stand "
                + "alone between slashes, '#' at the end")
    }

    private func failure(_ result: Int32, _ code: Int32) -> PortError {
        if let words = tlsWords { return tlsFailure(words) }
        switch result {
        case MOSQ_ERR_EAI.code:
            return PortError(
                .noSuchDevice, port: settings.address, cause: "no such host",
                hint: "check the name in the board file, and the name service: `getent hosts \(settings.host)`")
        case MOSQ_ERR_ERRNO.code where code == ECONNREFUSED:
            return PortError(
                .noSuchDevice, port: settings.address, cause: "the machine is there, but nobody listens",
                hint: "does the broker run, and is \(settings.port) its port?")
        case MOSQ_ERR_ERRNO.code:
            return PortError(.noSuchDevice, port: settings.address, cause: "cannot be reached: \(systemMessage(code))")
        case MOSQ_ERR_TLS.code:
            return tlsFailure("the handshake failed")
        case MOSQ_ERR_CONN_LOST.code where hasConnected:
            return PortError(
                .lost, port: settings.address, cause: "the broker ended the connection",
                hint: "it may have been stopped, or another client has the name '\(settings.clientID)'")
        case MOSQ_ERR_CONN_LOST.code:
            return PortError(
                .lost, port: settings.address, cause: "the connection ended before the broker had answered",
                hint: settings.tls == nil
                    ? "does the broker want TLS on this port?" : "does the broker speak TLS on this port?")
        case MOSQ_ERR_KEEPALIVE.code:
            return PortError(.lost, port: settings.address, cause: "the broker has been silent for too long")
        default:
            return PortError(
                .failed, port: settings.address, cause: unsafe String(cString: mosquitto_strerror(result)))
        }
    }

    private func tlsFailure(_ words: String) -> PortError {
        let reason = words.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "the handshake failed"
        return PortError(
            .noPermission, port: settings.address, cause: "no trust in the connection (TLS): \(reason)",
            hint: "tls.ca must be the authority that signed the broker's certificate, the certificate must be for "
                + "'\(settings.host)' and in date, and this machine's clock right")
    }
}

extension mosq_err_t {
    /// As the functions return it.
    fileprivate var code: Int32 { Int32(rawValue) }
}
