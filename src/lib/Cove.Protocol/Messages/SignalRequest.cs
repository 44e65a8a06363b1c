namespace Cove.Protocol.Messages;

/// <summary>Sends a signal to a container's first process, or to a process of an <see cref="ExecRequest"/> with these arguments.</summary>
/// <param name="ContainerId">The container.</param>
/// <param name="Signal">Linux signal number.</param>
/// <param name="ExecArgs">Null for the container's first process; otherwise the argv of running execs that get the signal.</param>
public sealed record SignalRequest(string ContainerId, int Signal, IReadOnlyList<string>? ExecArgs = null);
