using System.Net.Sockets;
using Cove.Protocol.Client;

namespace Cove.Runtime.Launch;

/// <summary>What a guest runs in, seen from outside: a process of this host or a virtual machine. The agent and its calls are the same in both.</summary>
internal interface IGuestHost : IAsyncDisposable
{
    /// <summary>Its process as this host sees it; null once it is gone.</summary>
    int? ProcessId { get; }

    /// <summary>Completes when it has ended, for whatever reason.</summary>
    Task Ended { get; }

    /// <summary>Connects to the agent, waiting for it as long as a start takes.</summary>
    /// <exception cref="Cove.Outcomes.UnavailableException">It ended, or did not answer in time.</exception>
    Task<GuestClient> ConnectAsync(CancellationToken stop);

    /// <summary>Puts a layer's file where the agent can take it in; the answer is the image path of the call that mounts it.</summary>
    /// <param name="file">The layer's ext4 image on this host.</param>
    /// <param name="stop">Gives up.</param>
    Task<string> AttachLayerAsync(string file, CancellationToken stop);

    /// <summary>Carries every connection to a listener of this host to a port of the group's localhost, for as long as the guest is there.</summary>
    /// <param name="listener">Owned from here on.</param>
    /// <param name="port">The port in the group.</param>
    void Publish(Socket listener, int port);

    /// <summary>The last that was heard of it, for a person.</summary>
    string LastWords();

    /// <summary>Lets it end in order, then makes sure that it is gone.</summary>
    Task StopAsync();
}
