using System.Security.Cryptography;
using System.Text;
using Cove.Formats.Cbor;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Formats.Cose;

/// <summary>A COSE_KeySet (RFC 9052 7): the elliptic-curve keys in it that have an identifier.</summary>
public static class CoseKeySet
{
    /// <summary>Most keys of a set.</summary>
    public const int MaximumKeys = Jwks.MaximumKeys;

    private const long KeyType = 1;
    private const long KeyId = 2;
    private const long Curve = -1;
    private const long X = -2;
    private const long Y = -3;
    private const long EllipticCurveTwoCoordinates = 2;

    /// <summary>Reads a set. Keys of other kinds or without an identifier are left out, as RFC 9052 7 has it.</summary>
    /// <param name="value">The decoded set.</param>
    /// <param name="format">What is being read, for the error.</param>
    /// <exception cref="MalformedException">It is no set, or none of its keys can be used.</exception>
    public static IReadOnlyList<EcJwk> Read(CborValue value, string format)
    {
        if (value is not CborValue.Array { Items: { Count: > 0 and <= MaximumKeys } items })
            throw new MalformedException(format, "COSE_KeySet", $"is not a list of one to {MaximumKeys} keys");
        List<EcJwk> keys = [.. items.OfType<CborValue.Map>().Select(ReadKey).OfType<EcJwk>()];
        return keys.Count > 0 ? keys : throw new MalformedException(format, "COSE_KeySet", "has no elliptic-curve key with an identifier");
    }

    private static EcJwk? ReadKey(CborValue.Map key)
    {
        if (key[KeyType] is not CborValue.Integer { Value: EllipticCurveTwoCoordinates } || key[KeyId] is not CborValue.Bytes id) return null;
        if (CurveOf(key[Curve]) is not { } curve || key[X] is not CborValue.Bytes x || key[Y] is not CborValue.Bytes y) return null;
        try
        {
            return EcJwk.FromParameters(
                new ECParameters { Curve = curve.Platform, Q = new ECPoint { X = x.Value.ToArray(), Y = y.Value.ToArray() } },
                Encoding.ASCII.GetString(id.Value.Span));
        }
        catch (MalformedException)
        {
            // No point of its curve: as unusable as a key of an unknown kind, and the set may hold others.
            return null;
        }
    }

    private static EcCurve? CurveOf(CborValue? curve) => curve is CborValue.Integer number
        ? number.Value switch { 1 => EcCurve.P256, 2 => EcCurve.P384, 3 => EcCurve.P521, _ => null }
        : null;
}
