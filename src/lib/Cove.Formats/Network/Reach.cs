namespace Cove.Formats.Network;

/// <summary>How far an IP address reaches.</summary>
public enum Reach
{
    /// <summary>Nowhere: documentation, multicast, reserved.</summary>
    None,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>This link, or this machine's host: where clouds serve metadata and identities.</summary>
    LinkLocal,

    /// <summary>A private network.</summary>
    Private,

    /// <summary>The Internet.</summary>
    Public,
}
