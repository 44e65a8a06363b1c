namespace Cove.Guest.Tests.Processes;

/// <summary>
/// Tests that start processes, one after another. Two waiters in one process take each other's children: the one that comes late
/// waits for ever, or .NET ends the process.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ChildProcesses
{
    public const string Name = "child processes";
}
