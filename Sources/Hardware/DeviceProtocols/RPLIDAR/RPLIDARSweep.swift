/// The even sweep of a head over a frame whose angles come from its own start and from the next frame's.
struct RPLIDARSweep: Sendable {
    /// Degrees clockwise of the first sample.
    var start: Double
    /// Degrees from sample to sample.
    var step: Double
    /// The first sample past the zero angle; the count of samples where the frame does not pass it.
    var mark: Int

    /// The sweep of `count` samples between two starts in 64ths of a degree; nil where the head cannot have turned so far.
    ///
    /// - Parameters:
    ///   - lastDegrees: Where the frame before ended; left at where this one does.
    init?(from first: UInt16, to second: UInt16, count: Int, maximumAdvance: Double, lastDegrees: inout Double) {
        start = Double(first & 0x7FFF) / 64
        var advance = Double(second & 0x7FFF) / 64 - start
        if advance < 0 { advance += 360 }
        guard start < 360, advance >= 0, advance <= maximumAdvance else { return nil }
        step = advance / Double(count)
        // A step back of more than half a turn is the zero mark; a small one is the motor's unsteadiness.
        if lastDegrees - start > 180 {
            mark = 0
        } else if start + step * Double(count - 1) >= 360 {
            mark = Int(((360 - start) / step).rounded(.up))
            // Not before it by a rounding.
            if mark > 0, start + step * Double(mark - 1) >= 360 { mark -= 1 }
            if start + step * Double(mark) < 360 { mark += 1 }
        } else {
            mark = count
        }
        let last = start + step * Double(count - 1)
        lastDegrees = last >= 360 ? last - 360 : last
    }

    /// The angle of a place, 0..<360.
    @inline(__always)
    func degrees(_ index: Int) -> Double {
        let degrees = start + step * Double(index)
        return degrees >= 360 ? degrees - 360 : degrees
    }

    /// The angle of a place less an offset, 0..<360.
    @inline(__always)
    func degrees(_ index: Int, less offset: Double) -> Double {
        let degrees = start + step * Double(index) - offset
        return degrees >= 360 ? degrees - 360 : degrees < 0 ? degrees + 360 : degrees
    }
}
