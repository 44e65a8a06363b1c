using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>The sandbox and its volumes. No enforcement point of their own: what a container sees of them, <c>create_container</c> decides.</summary>
internal static class SandboxCalls
{
    public static GuestHandlers AddSandboxCalls(this GuestHandlers handlers, Guest guest) => handlers
        .On(GuestCalls.CreateSandbox, (request, cancellation) => guest.ChangeAsync(() => Create(guest, request), cancellation))
        .On(GuestCalls.CreateVolume, (request, cancellation) => guest.ChangeAsync(() => CreateVolume(guest, request), cancellation));

    private static Task<Verdict<Done>> Create(Guest guest, CreateSandboxRequest request)
    {
        guest.CreateSandbox(request);
        return Task.FromResult<Verdict<Done>>(new Done());
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
