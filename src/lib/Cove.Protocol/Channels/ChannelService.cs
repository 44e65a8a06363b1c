namespace Cove.Protocol.Channels;

/// <summary>What a channel through a machine's port leads to.</summary>
public enum ChannelService : byte
{
    /// <summary>Opened by the host: the agent's calls (<see cref="Client.GuestClient"/>).</summary>
    Control = 1,

    /// <summary>Opened by the guest: the simulated secure processor.</summary>
    SecureProcessor = 2,

    /// <summary>Opened by the guest: the host's metadata service, which a group finds at 169.254.169.254.</summary>
    Metadata = 3,

    /// <summary>Opened by the guest: a TCP port of the host that it was told to listen on (<see cref="ChannelLink.AnnounceAsync"/>).</summary>
    HostPort = 4,

    /// <summary>Opened by the host: a TCP port that something in the guest opens to everybody; what listens on localhost alone is not reached.</summary>
    GuestPort = 5,
}
