using System.Runtime.InteropServices;
using System.Text;
using Cove.Hosting.CommandLine;
using Cove.Outcomes;

namespace Cove.Hosting.Storage.Pkcs11;

/// <summary>An AES-256 key in a token, by a session that is logged in. The key itself never leaves the token: one that could is refused.</summary>
internal sealed class Pkcs11Key : IDisposable
{
    private const int KeyBytes = 32;
    private const int TagLength = 16;
    private const int MostKeys = 2;
    private readonly Pkcs11Module _module;
    private readonly nuint _session;
    private readonly nuint _key;

    private Pkcs11Key(Pkcs11Module module, nuint session, nuint key) => (_module, _session, _key) = (module, session, key);

    /// <summary>Opens the token that the URI names and finds its key. The module stays the caller's.</summary>
    /// <exception cref="UsageException">There is no such token or key, the PIN is wrong, or the key is not fit to be a master key.</exception>
    /// <exception cref="UnavailableException">The module fails.</exception>
    public static Pkcs11Key Open(Pkcs11Module module, Pkcs11Uri uri)
    {
        var slot = FindSlot(module, uri);
        module.Require(module.Get<Pkcs11Native.OpenSession>(Pkcs11Native.Function.OpenSession)(slot, Pkcs11Native.SerialSession, 0, 0, out var session), "open a session");
        try
        {
            LogIn(module, session, uri);
            var key = FindKey(module, session, uri);
            Check(module, session, key, uri);
            return new(module, session, key);
        }
        catch (Exception e) when (e is UsageException or UnavailableException)
        {
            module.Get<Pkcs11Native.CloseSession>(Pkcs11Native.Function.CloseSession)(session);
            throw;
        }
    }

    /// <summary>Seals under the key: AES-256-GCM, a fresh IV before the ciphertext and its tag after it.</summary>
    /// <exception cref="UnavailableException">The token fails.</exception>
    public byte[] Seal(byte[] secret, byte[] iv, byte[] additionalData)
    {
        var output = new byte[secret.Length + TagLength];
        var status = Run(Pkcs11Native.Function.EncryptInit, Pkcs11Native.Function.Encrypt, secret, output, out var length, iv, additionalData);
        _module.Require(status, "encrypt with CKM_AES_GCM");
        return length == output.Length ? output : throw new UnavailableException($"the PKCS#11 module {_module.Path}", $"its ciphertext has {length} bytes, expected {output.Length}");
    }

    /// <summary>Opens what <see cref="Seal"/> made; null where it was made by another key, or changed. The caller zeroes it.</summary>
    /// <exception cref="UnavailableException">The token fails.</exception>
    public byte[]? Unseal(byte[] ciphertext, byte[] iv, byte[] additionalData)
    {
        // Modules may want room for what they decrypt before they take the tag off.
        var output = GC.AllocateArray<byte>(ciphertext.Length, pinned: true);
        var status = Run(Pkcs11Native.Function.DecryptInit, Pkcs11Native.Function.Decrypt, ciphertext, output, out var length, iv, additionalData);
        // SoftHSM reports a tag that does not fit as a general error.
        if (status is Pkcs11Native.EncryptedDataInvalid or Pkcs11Native.EncryptedDataLengthRange or Pkcs11Native.GeneralError) return null;
        _module.Require(status, "decrypt with CKM_AES_GCM");
        var secret = output[..length];
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(output);
        return secret;
    }

    public void Dispose() => _module.Get<Pkcs11Native.CloseSession>(Pkcs11Native.Function.CloseSession)(_session);

    private nuint Run(Pkcs11Native.Function init, Pkcs11Native.Function run, byte[] input, byte[] output, out int length, byte[] iv, byte[] additionalData)
    {
        using var pinnedIv = new Pinned(iv);
        using var pinnedData = new Pinned(additionalData);
        Pkcs11Native.GcmParameters[] parameters =
        [
            new()
            {
                Iv = pinnedIv.Address, IvLength = (nuint)iv.Length, IvBits = (nuint)iv.Length * 8,
                AdditionalData = pinnedData.Address, AdditionalDataLength = (nuint)additionalData.Length, TagBits = TagLength * 8,
            },
        ];
        using var pinnedParameters = new Pinned(parameters);
        var mechanism = new Pkcs11Native.Mechanism { Type = Pkcs11Native.AesGcm, Parameter = pinnedParameters.Address, ParameterLength = (nuint)Marshal.SizeOf<Pkcs11Native.GcmParameters>() };
        length = 0;
        var status = _module.Get<Pkcs11Native.CipherInit>(init)(_session, ref mechanism, _key);
        if (status != Pkcs11Native.Ok) return status;
        var room = (nuint)output.Length;
        status = _module.Get<Pkcs11Native.Cipher>(run)(_session, input, (nuint)input.Length, output, ref room);
        if (status == Pkcs11Native.Ok) length = (int)room;
        return status;
    }

    private static nuint FindSlot(Pkcs11Module module, Pkcs11Uri uri)
    {
        var list = module.Get<Pkcs11Native.GetSlotList>(Pkcs11Native.Function.GetSlotList);
        nuint count = 0;
        module.Require(list(1, null, ref count), "list its slots");
        var slots = new nuint[count];
        module.Require(list(1, slots, ref count), "list its slots");
        var found = slots.Where(slot => Fits(module, slot, uri)).ToList();
        if (found is [var only]) return only;
        throw new UsageException(found.Count == 0 ? $"{uri.TokenName} is not in {module.Path}" : $"{found.Count} tokens of {module.Path} are {uri.TokenName}",
            "softhsm2-util --show-slots (or pkcs11-tool --list-slots) lists the tokens; serial= tells two of one label apart");
    }

    private static bool Fits(Pkcs11Module module, nuint slot, Pkcs11Uri uri)
    {
        var info = new byte[Pkcs11Native.TokenInfoLength];
        module.Require(module.Get<Pkcs11Native.GetTokenInfo>(Pkcs11Native.Function.GetTokenInfo)(slot, info), "describe a token");
        return (uri.Token is null || uri.Token == Padded(info.AsSpan(0, Pkcs11Native.TokenLabelLength)))
            && (uri.Serial is null || uri.Serial == Padded(info.AsSpan(Pkcs11Native.TokenSerialAt, Pkcs11Native.TokenSerialLength)));
    }

    private static string Padded(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text.TrimEnd(" \0"u8));

    private static void LogIn(Pkcs11Module module, nuint session, Pkcs11Uri uri)
    {
        using var pin = TokenPin.Read(uri.PinSource);
        var status = module.Get<Pkcs11Native.Login>(Pkcs11Native.Function.Login)(session, Pkcs11Native.User, pin.Bytes, (nuint)pin.Bytes.Length);
        switch (status)
        {
            case Pkcs11Native.UserAlreadyLoggedIn:
                return;
            case Pkcs11Native.PinIncorrect or Pkcs11Native.PinInvalid or Pkcs11Native.PinLengthRange:
                throw new UsageException($"{uri.TokenName} does not take the PIN of {uri.PinSource}", "correct the PIN before the token locks it");
            case Pkcs11Native.PinLocked or Pkcs11Native.PinExpired:
                throw new UsageException($"{uri.TokenName} has locked its PIN, or it has expired", "the token's security officer sets a new one");
            default:
                module.Require(status, "log in");
                return;
        }
    }

    private static nuint FindKey(Pkcs11Module module, nuint session, Pkcs11Uri uri)
    {
        using var template = new AttributeTemplate();
        template.Add(Pkcs11Native.ObjectClass, Pkcs11Native.SecretKey);
        template.Add(Pkcs11Native.KeyType, Pkcs11Native.AesKey);
        if (uri.Label is { } label) template.Add(Pkcs11Native.ObjectLabel, label);
        if (uri.Id is { } id) template.Add(Pkcs11Native.KeyId, id);
        var keys = new nuint[MostKeys];
        module.Require(module.Get<Pkcs11Native.FindObjectsInit>(Pkcs11Native.Function.FindObjectsInit)(session, template.Entries, (nuint)template.Entries.Length), "look for the key");
        module.Require(module.Get<Pkcs11Native.FindObjects>(Pkcs11Native.Function.FindObjects)(session, keys, MostKeys, out var count), "look for the key");
        module.Require(module.Get<Pkcs11Native.FindObjectsFinal>(Pkcs11Native.Function.FindObjectsFinal)(session), "look for the key");
        if (count == 1) return keys[0];
        throw new UsageException(count == 0 ? $"{uri.KeyName} is not in {uri.TokenName}: there is no AES key of that name" : $"{uri.TokenName} has more than one AES key that is {uri.KeyName}",
            "pkcs11-tool --module MODULE --login --keygen --key-type AES:32 --sensitive --label LABEL makes one; without the key that was used, the data cannot be opened");
    }

    private static void Check(Pkcs11Module module, nuint session, nuint key, Pkcs11Uri uri)
    {
        const string hint = "pkcs11-tool --module MODULE --login --keygen --key-type AES:32 --sensitive --label LABEL makes a fit one";
        using var asked = new AttributeTemplate();
        var (extractable, sensitive, length) = (asked.Add(Pkcs11Native.Extractable, new byte[1]), asked.Add(Pkcs11Native.Sensitive, new byte[1]), asked.Add(Pkcs11Native.ValueLength, new byte[nint.Size]));
        module.Require(module.Get<Pkcs11Native.GetAttributeValue>(Pkcs11Native.Function.GetAttributeValue)(session, key, asked.Entries, (nuint)asked.Entries.Length), "describe the key");
        if (extractable[0] != 0 || sensitive[0] == 0) throw new UsageException($"{uri.KeyName} can leave {uri.TokenName}: it is extractable or not sensitive", hint);
        if (BitConverter.ToUInt64(length) != KeyBytes) throw new UsageException($"{uri.KeyName} has {BitConverter.ToUInt64(length)} bytes, expected {KeyBytes}", hint);
    }
}
