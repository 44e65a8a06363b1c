namespace Cove.Guest.Fuse;

/// <summary>What the kernel asks for: the numbers of <c>enum fuse_opcode</c>.</summary>
internal enum FuseOperation : uint
{
    Lookup = 1,
    Forget = 2,
    GetAttributes = 3,
    Open = 14,
    Read = 15,
    Write = 16,
    StatFileSystem = 17,
    Release = 18,
    Sync = 20,
    Flush = 25,
    Initialise = 26,
    OpenFolder = 27,
    ReadFolder = 28,
    ReleaseFolder = 29,
    Interrupt = 36,
    Destroy = 38,
    ForgetMany = 42,
}
