import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A broker that lets everybody in and says nothing more: CONNACK (MQTT 3.1.1, section 3.2), and never a SUBACK.
final class MuteBroker {
    let port: UInt16
    private let listener: Int32

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 4) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard listener >= 0, result else { throw CocoaError(.featureUnsupported) }
        self.listener = listener
        port = UInt16(bigEndian: name.sin_port)
        Thread.detachNewThread { Self.serve(listener) }
    }

    /// Wakes the thread, which closes the socket.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ listener: Int32) {
        defer { close(listener) }
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            var bytes = [UInt8](repeating: 0, count: 256)
            let welcome: [UInt8] = [0x20, 2, 0, 0]
            var isWelcome = false
            while read(client, &bytes, bytes.count) > 0 {
                if !isWelcome { _ = write(client, welcome, welcome.count) }
                isWelcome = true
            }
            close(client)
        }
    }
}
