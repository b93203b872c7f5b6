/// The product itself.
public enum Doorstep {
    /// The version, as `doorstep --version`, recordings and the console give it.
    public static let version = "0.1.0"
}
