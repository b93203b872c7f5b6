/// Exact squared Euclidean distances on a grid, in cells.
///
/// Source: Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions", Theory of Computing 8 (2012),
/// algorithm 1: the lower envelope of parabolas, first along the columns and then along the rows; linear in the cells.
enum DistanceTransform {
    /// Squared distance in cells of every cell to the nearest one for which `isSource` is true; row-major.
    ///
    /// Larger than `width² + height²` where there is no source at all.
    static func squared(width: Int, height: Int, isSource: (Int) -> Bool) -> [Float] {
        let far = Float(width * width + height * height) * 4
        var grid = (0..<width * height).map { isSource($0) ? 0 : far }
        let longest = max(width, height)
        var line = [Float](repeating: 0, count: longest)
        var apex = [Int](repeating: 0, count: longest)
        var border = [Float](repeating: 0, count: longest + 1)
        for column in 0..<width {
            pass(&grid, from: column, stride: width, count: height, &line, &apex, &border)
        }
        for row in 0..<height {
            pass(&grid, from: row * width, stride: 1, count: width, &line, &apex, &border)
        }
        return grid
    }

    private static func pass(
        _ grid: inout [Float], from start: Int, stride: Int, count: Int, _ line: inout [Float], _ apex: inout [Int],
        _ border: inout [Float]
    ) {
        for index in 0..<count { line[index] = grid[start + index * stride] }
        var last = 0
        apex[0] = 0
        border[0] = -.infinity
        border[1] = .infinity
        for index in 1..<max(1, count) {
            let lifted = line[index] + Float(index * index)
            var crossing: Float
            while true {
                let other = apex[last]
                crossing = (lifted - line[other] - Float(other * other)) / Float(2 * (index - other))
                // border[0] is -∞, so the first parabola is never taken away.
                if crossing > border[last] { break }
                last -= 1
            }
            last += 1
            apex[last] = index
            border[last] = crossing
            border[last + 1] = .infinity
        }
        var current = 0
        for index in 0..<count {
            while border[current + 1] < Float(index) { current += 1 }
            let offset = index - apex[current]
            grid[start + index * stride] = Float(offset * offset) + line[apex[current]]
        }
    }
}
