namespace Cove.Guest.Processes;

/// <summary>How a process ended, as waitpid(2) says it.</summary>
/// <param name="Raw">The status word.</param>
public readonly record struct ExitStatus(int Raw)
{
    /// <summary>The exit code, or 128 plus the signal, as shells say it.</summary>
    public int Code => (Raw & 0x7F) == 0 ? (Raw >> 8) & 0xFF : 128 + (Raw & 0x7F);
}
