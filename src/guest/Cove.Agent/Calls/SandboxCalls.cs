using System.Net;
using System.Security.Cryptography;
using Cove.Guest.Machine;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>The sandbox and its volumes. No enforcement point of their own: what a container sees of them, <c>create_container</c> decides.</summary>
internal static class SandboxCalls
{
    public static GuestHandlers AddSandboxCalls(this GuestHandlers handlers, Guest guest) => handlers
        .On(GuestCalls.CreateSandbox, (request, cancellation) => guest.ChangeAsync(() => CreateAsync(guest, request, cancellation), cancellation))
        .On(GuestCalls.CreateVolume, (request, cancellation) => guest.ChangeAsync(() => CreateVolume(guest, request), cancellation));

    private static async Task<Verdict<Done>> CreateAsync(Guest guest, CreateSandboxRequest request, CancellationToken cancellation)
    {
        // A process has the network that its host put it in; only a machine's card is the guest's to set up.
        if (request.Network is not null && !guest.Options.IsMachine) throw ContainerCalls.NotSupported("has no network card");
        guest.CreateSandbox(request);
        if (request.Network is { } network)
            await NetworkCard.BringUpAsync(IPAddress.Parse(network.Address), network.PrefixLength, network.Gateway is { } gateway ? IPAddress.Parse(gateway) : null, network.Mtu, cancellation);
        return new Done();
    }

    private static Task<Verdict<CreateVolumeResponse>> CreateVolume(Guest guest, CreateVolumeRequest request)
    {
        try
        {
            guest.Mounts.RequireConsistent();
            if (request.Kind == VolumeKind.EmptyDir && request.Files is { Count: > 0 })
                throw new MalformedException("volume", "files", "are not for empty volumes");
            return Task.FromResult<Verdict<CreateVolumeResponse>>(new CreateVolumeResponse(guest.Sandbox.CreateVolume(request)));
        }
        finally
        {
            foreach (var file in request.Files ?? []) CryptographicOperations.ZeroMemory(file.Content);
        }
    }
}
