"""The trained weights that the PyTorch project publishes for these models.

Each line: the family, the version (behind IMAGENET1K_), the file's name without .pth,
the side that pictures are cut to and the shorter side before, the interpolation, the
number of parameters, the smallest side that the model takes; the mean and std where
they are not ImageNet's.  The newest version is the last one without SWAG.
"""

#: Where the files are.
ADDRESS = "https://download.pytorch.org/models/"

_TABLE = """
AlexNet V1 alexnet-owt-7be5be79 224 256 bilinear 61100840 63
ConvNeXt_Base V1 convnext_base-6075fbad 224 232 bilinear 88591464 32
ConvNeXt_Large V1 convnext_large-ea097f82 224 232 bilinear 197767336 32
ConvNeXt_Small V1 convnext_small-0c510722 224 230 bilinear 50223688 32
ConvNeXt_Tiny V1 convnext_tiny-983f1562 224 236 bilinear 28589128 32
DenseNet121 V1 densenet121-a639ec97 224 256 bilinear 7978856 29
DenseNet161 V1 densenet161-8d451a50 224 256 bilinear 28681000 29
DenseNet169 V1 densenet169-b2777c0a 224 256 bilinear 14149480 29
DenseNet201 V1 densenet201-c1103571 224 256 bilinear 20013928 29
EfficientNet_B0 V1 efficientnet_b0_rwightman-7f5810bc 224 256 bicubic 5288548 1
EfficientNet_B1 V1 efficientnet_b1_rwightman-bac287d4 240 256 bicubic 7794184 1
EfficientNet_B1 V2 efficientnet_b1-c27df63c 240 255 bilinear 7794184 1
EfficientNet_B2 V1 efficientnet_b2_rwightman-c35c1473 288 288 bicubic 9109994 1
EfficientNet_B3 V1 efficientnet_b3_rwightman-b3899882 300 320 bicubic 12233232 1
EfficientNet_B4 V1 efficientnet_b4_rwightman-23ab8bcd 380 384 bicubic 19341616 1
EfficientNet_B5 V1 efficientnet_b5_lukemelas-1a07897c 456 456 bicubic 30389784 1
EfficientNet_B6 V1 efficientnet_b6_lukemelas-24a108a5 528 528 bicubic 43040704 1
EfficientNet_B7 V1 efficientnet_b7_lukemelas-c5b4e57e 600 600 bicubic 66347960 1
EfficientNet_V2_L V1 efficientnet_v2_l-59c71312 480 480 bicubic 118515272 33 0.5
EfficientNet_V2_M V1 efficientnet_v2_m-dc08266a 480 480 bilinear 54139356 33
EfficientNet_V2_S V1 efficientnet_v2_s-dd5fe13b 384 384 bilinear 21458488 33
MobileNet_V2 V1 mobilenet_v2-b0353104 224 256 bilinear 3504872 1
MobileNet_V2 V2 mobilenet_v2-7ebf99e0 224 232 bilinear 3504872 1
MobileNet_V3_Large V1 mobilenet_v3_large-8738ca79 224 256 bilinear 5483032 1
MobileNet_V3_Large V2 mobilenet_v3_large-5c1a4163 224 232 bilinear 5483032 1
MobileNet_V3_Small V1 mobilenet_v3_small-047dcff4 224 256 bilinear 2542856 1
ResNet101 V1 resnet101-63fe2227 224 256 bilinear 44549160 1
ResNet101 V2 resnet101-cd907fc2 224 232 bilinear 44549160 1
ResNet152 V1 resnet152-394f9c45 224 256 bilinear 60192808 1
ResNet152 V2 resnet152-f82ba261 224 232 bilinear 60192808 1
ResNet18 V1 resnet18-f37072fd 224 256 bilinear 11689512 1
ResNet34 V1 resnet34-b627a593 224 256 bilinear 21797672 1
ResNet50 V1 resnet50-0676ba61 224 256 bilinear 25557032 1
ResNet50 V2 resnet50-11ad3fa6 224 232 bilinear 25557032 1
ResNeXt101_32X8D V1 resnext101_32x8d-8ba56ff5 224 256 bilinear 88791336 1
ResNeXt101_32X8D V2 resnext101_32x8d-110c445d 224 232 bilinear 88791336 1
ResNeXt101_64X4D V1 resnext101_64x4d-173b62eb 224 232 bilinear 83455272 1
ResNeXt50_32X4D V1 resnext50_32x4d-7cdf4587 224 256 bilinear 25028904 1
ResNeXt50_32X4D V2 resnext50_32x4d-1a0047aa 224 232 bilinear 25028904 1
SqueezeNet1_0 V1 squeezenet1_0-b66bff10 224 256 bilinear 1248424 21
SqueezeNet1_1 V1 squeezenet1_1-b8a52dc0 224 256 bilinear 1235496 17
VGG11 V1 vgg11-8a719046 224 256 bilinear 132863336 32
VGG11_BN V1 vgg11_bn-6002323d 224 256 bilinear 132868840 32
VGG13 V1 vgg13-19584684 224 256 bilinear 133047848 32
VGG13_BN V1 vgg13_bn-abd245e5 224 256 bilinear 133053736 32
VGG16 V1 vgg16-397923af 224 256 bilinear 138357544 32
VGG16_BN V1 vgg16_bn-6c64b313 224 256 bilinear 138365992 32
VGG19 V1 vgg19-dcbb9e9d 224 256 bilinear 143667240 32
VGG19_BN V1 vgg19_bn-c79401a0 224 256 bilinear 143678248 32
ViT_B_16 V1 vit_b_16-c867db91 224 256 bilinear 86567656 224
ViT_B_16 SWAG_E2E_V1 vit_b_16_swag-9ac1b537 384 384 bicubic 86859496 384
ViT_B_16 SWAG_LINEAR_V1 vit_b_16_lc_swag-4e70ced5 224 224 bicubic 86567656 224
ViT_B_32 V1 vit_b_32-d86f8d99 224 256 bilinear 88224232 224
ViT_H_14 SWAG_E2E_V1 vit_h_14_swag-80465313 518 518 bicubic 633470440 518
ViT_H_14 SWAG_LINEAR_V1 vit_h_14_lc_swag-c1eb923e 224 224 bicubic 632045800 224
ViT_L_16 V1 vit_l_16-852ce7e3 224 242 bilinear 304326632 224
ViT_L_16 SWAG_E2E_V1 vit_l_16_swag-4f3808c9 512 512 bicubic 305174504 512
ViT_L_16 SWAG_LINEAR_V1 vit_l_16_lc_swag-4d563306 224 224 bicubic 304326632 224
ViT_L_32 V1 vit_l_32-c7638314 224 256 bilinear 306535400 224
Wide_ResNet101_2 V1 wide_resnet101_2-32ee1156 224 256 bilinear 126886696 1
Wide_ResNet101_2 V2 wide_resnet101_2-d733dc28 224 232 bilinear 126886696 1
Wide_ResNet50_2 V1 wide_resnet50_2-95faca4d 224 256 bilinear 68883240 1
Wide_ResNet50_2 V2 wide_resnet50_2-9ba9bcbe 224 232 bilinear 68883240 1
"""


def _read(table):
    """{family: {version: facts}}."""
    families = {}
    for line in table.split("\n")[1:-1]:
        name, version, file, crop, resize, interpolation, *rest = line.split()
        parameters, side = map(int, rest[:2])
        mean = [float(number) for number in rest[2:]]
        families.setdefault(name, {})[f"IMAGENET1K_{version}"] = (
            f"{file}.pth",
            int(crop),
            int(resize),
            interpolation,
            parameters,
            side,
            *mean,
        )
    return families


#: Family of weights -> version -> facts.
PUBLISHED = _read(_TABLE)
