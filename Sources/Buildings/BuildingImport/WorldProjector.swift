public import RobotModel

/// Brings points from one coordinate reference system into another.
///
/// PROJ does it (`GeoReference`), in the command line tool only: a robot reads maps in metres.
public struct WorldProjector: Sendable {
    /// From one system into another.
    public struct Projection: Sendable {
        /// Whether the target's first axis is the easting, as in UTM; false for northing first, as in Singapore's SVY21.
        public var isEastFirst: Bool
        /// A point in the order of axes of the source into that of the target; nil where the target has no place for it.
        public var apply: @Sendable (Point2D) -> Point2D?

        public init(isEastFirst: Bool, apply: @escaping @Sendable (Point2D) -> Point2D?) {
            self.isEastFirst = isEastFirst
            self.apply = apply
        }
    }

    /// The projection between two systems, by their names ("EPSG:3414"). Throws for a name that is none.
    public var projection: @Sendable (_ source: String, _ target: String) throws(RobotError) -> Projection

    public init(
        projection: @escaping @Sendable (_ source: String, _ target: String) throws(RobotError) -> Projection
    ) {
        self.projection = projection
    }
}
