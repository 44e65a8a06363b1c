using Microsoft.Win32.SafeHandles;

namespace Cove.Hosting.Storage.Sealing;

/// <summary>ioctl(2) on an open device: 0, or the errno it failed with. <paramref name="argument"/> points to the request's structure.</summary>
internal delegate int DeviceControl(SafeFileHandle device, uint call, nint argument);
