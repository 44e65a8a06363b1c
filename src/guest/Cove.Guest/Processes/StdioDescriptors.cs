namespace Cove.Guest.Processes;

/// <summary>Three open descriptors for a new process.</summary>
/// <param name="Input">Becomes 0.</param>
/// <param name="Output">Becomes 1.</param>
/// <param name="Error">Becomes 2.</param>
public readonly record struct StdioDescriptors(int Input, int Output, int Error);
