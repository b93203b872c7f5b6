import CLinuxRealtime

/// The resident pages of the program's own code and constants.
public enum ProgramPages {
    /// Gives back what only the start has needed (readers of files, their tables): a board's memory is small, and what a
    /// real-time thread locks later stays. Nothing is lost; what is needed again is mapped again when it is touched.
    ///
    /// To be called before the memory is locked and before a thread has deadlines.
    public static func release() { doorstep_release_program_pages() }
}
