namespace Cove.Tests.Runtime.Shim.Support;

/// <summary>A pod that runs.</summary>
/// <param name="Config">What it was made from, which every container of it names again.</param>
internal sealed record CriPod(string Id, byte[] Config);
