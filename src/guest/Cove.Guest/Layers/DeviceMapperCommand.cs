namespace Cove.Guest.Layers;

/// <summary>The calls of device-mapper that are used: the numbers of linux/dm-ioctl.h.</summary>
internal enum DeviceMapperCommand : uint
{
    Create = 3,
    Remove = 4,
    Resume = 6,
    LoadTable = 9,
    TargetVersion = 17,
}
