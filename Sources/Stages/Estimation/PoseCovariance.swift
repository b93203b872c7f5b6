/// A symmetric 3 × 3 matrix over (x, y, yaw): a covariance in m², m·rad and rad², or its inverse, an information.
public struct PoseCovariance: Hashable, Sendable, BitwiseCopyable {
    public var xx: Double
    public var xy: Double
    public var yy: Double
    public var xt: Double
    public var yt: Double
    public var tt: Double

    public init(xx: Double = 0, xy: Double = 0, yy: Double = 0, xt: Double = 0, yt: Double = 0, tt: Double = 0) {
        self.xx = xx
        self.xy = xy
        self.yy = yy
        self.xt = xt
        self.yt = yt
        self.tt = tt
    }

    /// Independent deviations: metres in x and y, radians in yaw.
    public init(metres: Double, radians: Double) {
        self.init(xx: metres * metres, yy: metres * metres, tt: radians * radians)
    }

    static func + (a: PoseCovariance, b: PoseCovariance) -> PoseCovariance {
        PoseCovariance(
            xx: a.xx + b.xx, xy: a.xy + b.xy, yy: a.yy + b.yy, xt: a.xt + b.xt, yt: a.yt + b.yt, tt: a.tt + b.tt)
    }

    static func * (a: PoseCovariance, k: Double) -> PoseCovariance {
        PoseCovariance(xx: a.xx * k, xy: a.xy * k, yy: a.yy * k, xt: a.xt * k, yt: a.yt * k, tt: a.tt * k)
    }

    /// The product with the vector (x, y, t).
    func times(_ x: Double, _ y: Double, _ t: Double) -> (x: Double, y: Double, t: Double) {
        (xx * x + xy * y + xt * t, xy * x + yy * y + yt * t, xt * x + yt * y + tt * t)
    }

    /// The inverse by cofactors; nil when the matrix is not positive definite.
    var inverse: PoseCovariance? {
        let a = yy * tt - yt * yt
        let b = xt * yt - xy * tt
        let c = xy * yt - xt * yy
        let determinant = xx * a + xy * b + xt * c
        guard determinant > 0, determinant.isFinite, xx > 0, xx * yy - xy * xy > 0 else { return nil }
        let k = 1 / determinant
        return PoseCovariance(
            xx: a * k, xy: b * k, yy: (xx * tt - xt * xt) * k, xt: c * k, yt: (xy * xt - xx * yt) * k,
            tt: (xx * yy - xy * xy) * k)
    }

    /// This covariance after a step (dx, dy) of the pose in the map frame: a heading error turns into a side error.
    func moved(dx: Double, dy: Double) -> PoseCovariance {
        PoseCovariance(
            xx: xx - 2 * dy * xt + dy * dy * tt, xy: xy + dx * xt - dy * yt - dx * dy * tt,
            yy: yy + 2 * dx * yt + dx * dx * tt, xt: xt - dy * tt, yt: yt + dx * tt, tt: tt)
    }

    /// The largest deviation of the position in any direction, metres.
    public var positionDeviation: Double {
        let half = (xx + yy) / 2
        let difference = (xx - yy) / 2
        return max(0, half + (difference * difference + xy * xy).squareRoot()).squareRoot()
    }

    /// Least over greatest eigenvalue of the position's block, 0...1; near 0 one direction is hardly known.
    var positionCondition: Double {
        let half = (xx + yy) / 2
        let difference = (xx - yy) / 2
        let spread = (difference * difference + xy * xy).squareRoot()
        return half + spread > 0 ? max(0, half - spread) / (half + spread) : 0
    }
}
