namespace Cove.Cli.Shell;

/// <summary>What the process says to the script that started it. The whole table is `cove help exit-codes`; it never grows by a code per feature.</summary>
internal enum ExitCode
{
    /// <summary>Done, or accepted.</summary>
    Done = 0,

    /// <summary>A defect in cove itself.</summary>
    Bug = 1,

    /// <summary>The command line, or a file that it names, is not right.</summary>
    Usage = 2,

    /// <summary>The answer is no: evidence, policy or a relying party rejected.</summary>
    Rejected = 3,

    /// <summary>Input that cannot be what it claims to be.</summary>
    Malformed = 4,

    /// <summary>Something outside did not answer; trying again is safe.</summary>
    Unavailable = 5,

    /// <summary>The host or a service does not permit this user to do it.</summary>
    NotPermitted = 6,

    /// <summary>It took longer than allowed.</summary>
    TimedOut = 7,

    /// <summary>Ctrl-C.</summary>
    Interrupted = 130,
}
