using System.Net;
using Cove.Guest.Linux;

namespace Cove.Guest.Machine;

/// <summary>The machine's loopback interface.</summary>
public static class LoopbackInterface
{
    /// <summary>Brings it up.</summary>
    /// <param name="also">Addresses it has besides 127.0.0.0/8.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static void BringUp(params ReadOnlySpan<IPAddress> also)
    {
        using var request = new InterfaceRequest();
        request.BringUp("lo");
        for (var i = 0; i < also.Length; i++) request.Assign($"lo:{i + 1}", also[i], IPAddress.Broadcast);
    }
}
