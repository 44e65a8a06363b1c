namespace Cove.KeyService.Api;

/// <summary>How an AES key is used.</summary>
internal enum SymmetricMode
{
    Gcm,
    Cbc,
    CbcPadded,
    KeyWrap,
    KeyWrapPadded,
}
