public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// From a level's drawing (y up) into the building's common frame: turn, scale, shift.
///
/// Source: rmf_building_map_tools, `transform.py` and `building.py`; the results agree to rounding.
public struct LevelTransform: Hashable, Sendable {
    /// Radians, counter-clockwise.
    public var rotation: Double
    /// Metres a unit of the drawing.
    public var scale: Double
    /// Metres.
    public var translation: Point2D

    public init(rotation: Double = 0, scale: Double = 1, translation: Point2D = Point2D(0, 0)) {
        self.rotation = rotation
        self.scale = scale
        self.translation = translation
    }

    /// A point of the drawing in the common frame, metres.
    public func apply(_ p: Point2D) -> Point2D {
        let c = cos(rotation)
        let s = sin(rotation)
        return Point2D(c * p.x - s * p.y, s * p.x + c * p.y) * scale + translation
    }

    /// The transform that brings fiducials of a level onto the same fiducials of the reference level.
    ///
    /// Each pair holds the fiducial's place in the reference drawing and in the level's. Rotation: the negated circular
    /// mean of the differences of bearing over all pairs of fiducials. Scale: the reference's, divided by the mean ratio
    /// of distances. Translation: the mean residual. nil with fewer than two fiducials, or with two in one place.
    init?(fiducials: [(reference: Point2D, level: Point2D)], referenceScale: Double) {
        var sum = Point2D(0, 0)
        var ratio = 0.0
        var count = 0
        for i in fiducials.indices {
            for j in fiducials.indices.dropFirst(i + 1) {
                let reference = fiducials[j].reference - fiducials[i].reference
                let level = fiducials[j].level - fiducials[i].level
                guard reference.length > 0, level.length > 0 else { return nil }
                let turn = atan2(level.y, level.x) - atan2(reference.y, reference.x)
                sum = sum + Point2D(cos(turn), sin(turn))
                ratio += level.length / reference.length
                count += 1
            }
        }
        guard count > 0 else { return nil }
        ratio /= Double(count)
        rotation = -atan2(sum.y, sum.x)
        scale = referenceScale / ratio
        var residual = Point2D(0, 0)
        let turned = LevelTransform(rotation: rotation, scale: 1 / ratio)
        for pair in fiducials { residual = residual + turned.apply(pair.level) - pair.reference }
        translation = residual * (-referenceScale / Double(fiducials.count))
    }
}
