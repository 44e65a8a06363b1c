namespace Cove.Protocol.Launch;

/// <summary>Where the runtime finds and keeps things.</summary>
/// <param name="Group">The group's own folder: state, sockets, logs.</param>
/// <param name="Processor">The simulated secure processor's keys and certificates.</param>
/// <param name="Agent">The folder of the guest agent's program: what is measured.</param>
public sealed record LaunchFolders(string Group, string Processor, string Agent);
