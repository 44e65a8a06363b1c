using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Runtime.Network;

/// <summary>The two addresses of a group's uplink: a private network of four addresses that its host knows nothing else by.</summary>
/// <param name="Gateway">The host's end.</param>
/// <param name="Group">The group's end.</param>
internal sealed record UplinkAddresses(IPAddress Gateway, IPAddress Group)
{
    public const int PrefixLength = 30;

    private const int Size = 1 << (32 - PrefixLength);
    private const int TriesInEach = 256;

    // RFC 1918, the roomiest first.
    private static readonly IPNetwork[] Private = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16")];

    /// <summary>Chooses at random: what lies beyond the host's next router cannot be known, and is seldom hit.</summary>
    /// <param name="taken">Networks that are somebody's already.</param>
    /// <exception cref="UnavailableException">All private addresses are taken.</exception>
    public static UplinkAddresses Choose(IReadOnlyCollection<IPNetwork> taken)
    {
        foreach (var pool in Private)
        {
            var first = BinaryPrimitives.ReadUInt32BigEndian(pool.BaseAddress.GetAddressBytes());
            var count = 1 << (PrefixLength - pool.PrefixLength);
            for (var tries = 0; tries < TriesInEach; tries++)
            {
                var at = first + (uint)RandomNumberGenerator.GetInt32(count) * Size;
                var network = new IPNetwork(Address(at), PrefixLength);
                if (!taken.Any(other => Overlap(network, other))) return new UplinkAddresses(Address(at + 1), Address(at + 2));
            }
        }

        throw new UnavailableException("network", $"this host has routes for every private network ({string.Join(", ", Private)}): none is left for a group");
    }

    private static bool Overlap(IPNetwork one, IPNetwork other) => one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);

    private static IPAddress Address(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return new IPAddress(bytes);
    }
}
