namespace Cove.Protocol.Launch;

/// <summary>What is known of a container on this host.</summary>
/// <param name="Name">Its name in the template.</param>
/// <param name="Id">Its id in the guest, 64 lower-case hex digits.</param>
/// <param name="ExitCode">Null until it has ended for good.</param>
public sealed record GroupContainer(string Name, string Id, int? ExitCode);
