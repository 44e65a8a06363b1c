namespace Cove.Volumes.Luks;

/// <summary>A place where the volume key is kept under a pass phrase (LUKS2 specification section 3.2).</summary>
/// <param name="Id">Its number.</param>
/// <param name="KeyBytes">Length of the volume key.</param>
/// <param name="Stripes">Stripes the key is spread over.</param>
/// <param name="SplitHash">The hash of the splitter.</param>
/// <param name="AreaOffset">Where its bytes are in the image.</param>
/// <param name="AreaBytes">How many.</param>
/// <param name="AreaCipher">The cipher of those bytes.</param>
/// <param name="AreaKeyBytes">Length of that cipher's key.</param>
/// <param name="Derivation">How that key is made of a pass phrase; null for one that is not supported.</param>
public sealed record LuksKeySlot(
    int Id,
    int KeyBytes,
    int Stripes,
    string SplitHash,
    long AreaOffset,
    long AreaBytes,
    string AreaCipher,
    int AreaKeyBytes,
    LuksKeyDerivation? Derivation);
