/// A number with so many digits behind the point; "-" for what is none.
func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "-" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(Int64(scaled)) }
    let fraction = String(Int64(scaled.truncatingRemainder(dividingBy: scale)))
    return sign + String(Int64(scaled / scale)) + "." + String(repeating: "0", count: digits - fraction.count)
        + fraction
}

/// A span of time as people say it: "45 s", "10 min", "12 min 03 s", "3 h 05 min".
func spanText(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return "-" }
    let whole = Int(seconds.magnitude.rounded())
    let sign = seconds < 0 && whole > 0 ? "-" : ""
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole < 60 { return "\(sign)\(whole) s" }
    if whole < 3600 { return "\(sign)\(whole / 60) min" + (whole % 60 == 0 ? "" : " \(two(whole % 60)) s") }
    return "\(sign)\(whole / 3600) h \(two(whole % 3600 / 60)) min"
}

/// A count of bytes: "512 B", "3.4 kB", "12.0 MB".
func bytesText(_ count: Int) -> String {
    if count < 1000 { return "\(count) B" }
    if count < 1_000_000 { return "\(fixed(Double(count) / 1e3, 1)) kB" }
    if count < 1_000_000_000 { return "\(fixed(Double(count) / 1e6, 1)) MB" }
    return "\(fixed(Double(count) / 1e9, 2)) GB"
}

/// A count in five characters at most: "99999", "123k", "4567k", "12.3M", "1234M".
func countText(_ count: Int) -> String {
    if count < 100_000 { return "\(count)" }
    if count < 10_000_000 { return "\(count / 1000)k" }
    if count < 100_000_000 { return "\(fixed(Double(count / 100_000) / 10, 1))M" }
    return "\(count / 1_000_000)M"
}

/// An angle in degrees, as people read one.
func degreesText(_ radians: Double) -> String { fixed(radians * 180 / .pi, 0) + "°" }
