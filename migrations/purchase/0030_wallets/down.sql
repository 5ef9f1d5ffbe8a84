DROP TABLE wallet_registrations, wallet_devices, wallet_passes;
