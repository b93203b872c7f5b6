import Digests
import Testing

@Suite("SHA256")
struct SHA256Tests {
    @Test("the examples of FIPS 180-4 give the published digests")
    func published() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let twoBlocks = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        #expect(SHA256().hexadecimal() == empty)
        #expect(SHA256.hexadecimal(of: []) == empty)
        #expect(SHA256.hexadecimal(of: Array("abc".utf8)) == abc)
        let text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        #expect(SHA256.hexadecimal(of: Array(text.utf8)) == twoBlocks)
    }

    @Test("any split gives the same digest, and asking for it early does not disturb")
    func split() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for split in [0, 1, 63, 64, 65, 300] {
            var hash = SHA256()
            hash.update(bytes[..<split])
            _ = hash.hexadecimal()
            hash.update(bytes[split...])
            #expect(hash.hexadecimal() == SHA256.hexadecimal(of: bytes))
        }
    }
}
