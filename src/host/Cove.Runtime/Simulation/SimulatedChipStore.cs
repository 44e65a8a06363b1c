using System.Security.Cryptography;
using System.Text;
using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Formats.Files;
using Cove.Outcomes;

namespace Cove.Runtime.Simulation;

/// <summary>
/// Keeps the simulated chip of this installation in a folder: <c>chip.pem</c> (private key, VCEK, ASK, ARK; readable by its owner
/// only) and <c>root.pem</c> (the ARK, for whoever is to trust it). Several processes may open it at once; all see the same chip.
/// </summary>
/// <param name="folder">The folder; made, with mode 0700, where it does not exist.</param>
/// <param name="clock">Tells the time for new certificates.</param>
public sealed class SimulatedChipStore(string folder, TimeProvider clock)
{
    private const string Format = "simulated chip";
    private const string KeyLabel = "PRIVATE KEY";
    private const int MaximumSize = 64 * 1024;
    private const UnixFileMode OthersToo = ~(WholeFile.OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Where the root's certificate is, in PEM.</summary>
    public string RootPath => Path.Combine(folder, "root.pem");

    private string ChipPath => Path.Combine(folder, "chip.pem");

    /// <summary>Opens the chip; makes it, which takes seconds, where there is none.</summary>
    /// <exception cref="MalformedException">What is there is not such a chip, or others than its owner may read it.</exception>
    public SimulatedChip Open()
    {
        Directory.CreateDirectory(folder, WholeFile.OwnerOnly | UnixFileMode.UserExecute);
        if (!File.Exists(ChipPath)) Make();
        var chip = Read();
        WholeFile.TryCreate(RootPath, Encoding.ASCII.GetBytes(CertificatePem.Write([chip.Root])), WholeFile.OwnerOnly);
        return chip;
    }

    private void Make()
    {
        using var authority = new SimulatedAuthority(clock);
        using var chip = authority.MakeChip(SimulatedChip.CurrentTcb);
        var key = chip.ExportPrivateKey();
        var text = PemEncoding.Write(KeyLabel, key);
        var bytes = Encoding.ASCII.GetBytes([.. text, '\n', .. CertificatePem.Write([chip.Certificate.Certificate, chip.Issuer, chip.Root])]);
        try
        {
            WholeFile.TryCreate(ChipPath, bytes, WholeFile.OwnerOnly);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(text);
        }
    }

    private SimulatedChip Read()
    {
        var mode = File.GetUnixFileMode(ChipPath);
        if ((mode & OthersToo) != UnixFileMode.None)
            throw new MalformedException(Format, ChipPath, $"has mode {Convert.ToString((int)mode, 8)}, expected 600: others may read the key");
        if (new FileInfo(ChipPath).Length > MaximumSize) throw new MalformedException(Format, ChipPath, $"is larger than {MaximumSize} bytes");
        var bytes = File.ReadAllBytes(ChipPath);
        var text = Encoding.ASCII.GetChars(bytes);
        try
        {
            return Parse(text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(text);
        }
    }

    private SimulatedChip Parse(ReadOnlySpan<char> text)
    {
        if (!PemEncoding.TryFind(text, out var found) || !text[found.Label].SequenceEqual(KeyLabel))
            throw new MalformedException(Format, ChipPath, "does not begin with a private key");
        var end = found.Location.GetOffsetAndLength(text.Length);
        var certificates = CertificatePem.Parse(text[(end.Offset + end.Length)..]);
        if (certificates is not [var vcek, var issuer, var root]) throw new MalformedException(Format, ChipPath, $"holds {certificates.Count} certificates, expected 3");
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(text[found.Location]);
            if (!key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(vcek.SubjectPublicKeyInfo.Span))
                throw new MalformedException(Format, ChipPath, "holds a key that is not its certificate's");
            return new SimulatedChip(key, EndorsementKeyCertificate.Parse(vcek), issuer, root);
        }
        catch (Exception bad)
        {
            key.Dispose();
            if (bad is CryptographicException or ArgumentException) throw new MalformedException(Format, ChipPath, "holds a private key that cannot be read", inner: bad);
            throw;
        }
    }
}
