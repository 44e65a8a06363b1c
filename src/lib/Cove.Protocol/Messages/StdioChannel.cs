namespace Cove.Protocol.Messages;

/// <summary>Which of a process's three streams.</summary>
public enum StdioChannel : byte
{
    /// <summary>Standard input, host to guest.</summary>
    Input = 0,

    /// <summary>Standard output, guest to host.</summary>
    Output = 1,

    /// <summary>Standard error, guest to host.</summary>
    Error = 2,
}
