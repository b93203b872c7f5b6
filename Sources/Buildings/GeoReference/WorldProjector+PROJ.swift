public import BuildingImport
import CProj
import RobotModel
import Synchronization

extension WorldProjector {
    /// Projections by PROJ.
    ///
    /// The library is opened when the first projection is asked for; where it is missing, that throws `.unavailable`
    /// with the package to install. A name that PROJ does not know throws `.invalidFile`.
    public static let proj = WorldProjector { source, target throws(RobotError) in
        let transformation = try PROJTransformation(from: source, to: target)
        return Projection(isEastFirst: transformation.isEastFirst) { transformation.apply($0) }
    }
}

/// One of PROJ's transformations, closed when nobody uses it any more.
private final class PROJTransformation: Sendable {
    /// PROJ's objects are for one thread at a time.
    private let handle: Mutex<Handle>
    let isEastFirst: Bool

    @safe private struct Handle: ~Copyable, @unchecked Sendable {
        let pointer: OpaquePointer
        deinit { unsafe doorstep_proj_close(pointer) }
    }

    init(from source: String, to target: String) throws(RobotError) {
        var pointer: OpaquePointer?
        let result = unsafe doorstep_proj_open(source, target, &pointer)
        guard result == DOORSTEP_PROJ_OK, let pointer = unsafe pointer else {
            throw Self.error(result, source, target)
        }
        isEastFirst = unsafe doorstep_proj_is_east_first(pointer)
        handle = unsafe Mutex(Handle(pointer: pointer))
    }

    func apply(_ point: Point2D) -> Point2D? {
        handle.withLock { handle in
            var (first, second) = (point.x, point.y)
            return unsafe doorstep_proj_apply(handle.pointer, &first, &second) ? Point2D(first, second) : nil
        }
    }

    private static func error(_ result: doorstep_proj_result, _ source: String, _ target: String) -> RobotError {
        switch result {
        case DOORSTEP_PROJ_NO_LIBRARY:
            RobotError(
                .unavailable, "PROJ is not installed, which brings world coordinates into metres",
                hint: "apt install libproj25 (libproj22 on older systems)")
        case DOORSTEP_PROJ_NO_WAY:
            RobotError(.invalidFile, "there is no way from \(source) into \(target)", hint: "name another projection")
        default:
            RobotError(
                .invalidFile, "PROJ does not know '\(result == DOORSTEP_PROJ_UNKNOWN_SOURCE ? source : target)'",
                expected: "a projection's name, such as EPSG:3414", hint: "look it up at epsg.io")
        }
    }
}
